import type { RunNow } from '../documents/status.js';
import type { Request } from '../plan/request.js';
import { obey } from '../runs/control/obey.js';
import { type ControlSocket, serveControl } from '../runs/control/serve.js';
import { watchRun } from '../runs/control/watch.js';
import { runFolder } from '../runs/record.js';
import { Steering } from '../runs/steering.js';

/**
 * Runs something that can be watched, steered and stopped from another terminal.
 * @param use gets the request with what hears the orders in it, and the path of the socket, absent where it could not
 * be made: then the run continues, and says so
 */
export async function withControl<T>(
  request: Request,
  use: (request: Request, socketPath: string | undefined) => Promise<T>,
): Promise<T> {
  const steering = request.steering ?? new Steering();
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  const watch = watchRun(request.statements.length);
  const now = (): RunNow => ({
    ...watch.now(),
    paused: steering.paused,
    stopping: signal.aborted,
  });
  const emit: Request['emit'] = (event) => {
    watch.note(event);
    request.emit(event);
  };
  const control = await listening(request, (order) => obey(order, { steering, stop, now }));
  try {
    return await use({ ...request, emit, signal, steering }, control?.path);
  } finally {
    await control?.close();
  }
}

async function listening(
  { settings, run, emit }: Request,
  hear: Parameters<typeof serveControl>[1],
): Promise<ControlSocket | undefined> {
  try {
    return await serveControl(runFolder(settings.stateDir, run), hear);
  } catch (error) {
    const text = `This run cannot be steered from another terminal: ${String(error)}`;
    emit({ type: 'warning', id: 'no-control', text });
    return undefined;
  }
}

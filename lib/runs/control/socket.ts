import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import type { RunNow } from '../../documents/status.js';
import type { EngineValues } from '../../settings/live-settings.js';
import { shortTemp } from '../../util/private-folder.js';

/** An order to a running run: one line of JSON over its socket, answered by one line. */
export type Order =
  | { order: 'status' }
  | { order: 'pause' }
  | { order: 'resume' }
  | { order: 'cut-over' }
  | { order: 'abort' }
  | { order: 'set'; values: EngineValues };

export type Answer =
  /** `text`: the new state, for people. */
  { ok: true; text: string; now: RunNow } | { ok: false; id: string; text: string; next?: string };

export function notUnderstood(text: string): Answer {
  return { ok: false, id: 'not-understood', text };
}

/** `absent`: nothing listens there, because the run died or has ended. `silent`: no answer in time. */
type NoAnswer = { noAnswer: 'absent' | 'silent' };

/** An order is answered once gh-ost has carried it out. */
const usualLimitMs = 15_000;

/** Gives a run an order and returns its answer. Never throws. */
export function askRun(path: string, order: Order, limitMs = usualLimitMs): Promise<Answer | NoAnswer> {
  return new Promise((resolve) => {
    let text = '';
    const socket = createConnection(path);
    const timer = setTimeout(() => {
      resolve({ noAnswer: 'silent' });
      socket.destroy();
    }, limitMs);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(order)}\n`));
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => {
      clearTimeout(timer);
      try {
        resolve(JSON.parse(text) as Answer);
      } catch {
        resolve({ noAnswer: 'absent' }); // it ended while it answered, or was never there
      }
    });
  });
}

/** Where a run listens. */
export interface ControlSocket {
  path: string;
  close(): Promise<void>;
}

const idleLimitMs = 10_000;
/** sockaddr_un holds 108 bytes with the end (unix(7)). */
const longestPath = 107;
/** Orders are short; longer input is not an order. */
const longestLine = 10_000;

/**
 * Listens for orders on a unix socket that only its owner can reach (0600 in 0700).
 * @param folder of the run; if its path is too long for a socket, one in the temporary folder is used
 * @param obey must not throw
 */
export async function serveControl(
  folder: string,
  obey: (order: Order) => Promise<Answer>,
): Promise<ControlSocket> {
  const path = await placeFor(folder);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // the client has gone
    hear(socket, obey);
  });
  await listen(server, path);
  await chmod(path, 0o600);
  // The socket must not keep the process alive.
  server.unref();
  return {
    path,
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const socket of sockets) socket.destroy();
      await closed;
      if (dirname(path) !== folder) await rm(dirname(path), { recursive: true, force: true });
    },
  };
}

async function placeFor(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'control.sock');
  if (Buffer.byteLength(path) <= longestPath) return path;
  return join(await mkdtemp(join(shortTemp(), 'alterwise-')), 'control.sock');
}

async function listen(server: Server, path: string): Promise<void> {
  await rm(path, { force: true });
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(path, () => {
      server.off('error', failed);
      server.on('error', () => {}); // a client could not connect; the run continues
      done();
    });
  });
}

function hear(socket: Socket, obey: (order: Order) => Promise<Answer>): void {
  let text = '';
  socket.setTimeout(idleLimitMs, () => socket.destroy());
  socket.setEncoding('utf8');
  socket.on('data', (part: string) => {
    text += part;
    const end = text.indexOf('\n');
    if (end < 0 && text.length <= longestLine) return;
    socket.removeAllListeners('data').resume();
    socket.setTimeout(0); // an order may take its time; the client has a limit
    void answer(text.slice(0, Math.max(0, end)), obey).then((reply) =>
      socket.end(`${JSON.stringify(reply)}\n`),
    );
  });
}

async function answer(line: string, obey: (order: Order) => Promise<Answer>): Promise<Answer> {
  try {
    return await obey(JSON.parse(line) as Order);
  } catch (error) {
    return notUnderstood(`The run did not understand the order: ${String(error)}`);
  }
}

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { exitCodes } from '../../lib/exit-code.js';
import { Fault } from '../../lib/fault.js';
import { dataTemplate } from './data-template.js';
import { freePort } from './free-port.js';
import { rootSetUp } from './root-set-up.js';
import { files, serverArgs } from './server-args.js';
import { supervised } from './supervised.js';
import type { SandboxOptions, SandboxServer, ServerProgram } from './types.js';
import { waitUntilReady } from './wait-until-ready.js';

const readyLimitMs = 90_000;
const tries = 3;

/** Starts an installed server on a fresh data folder, with a root that has a password of its own. */
export async function startProgram(program: ServerProgram, options: SandboxOptions): Promise<SandboxServer> {
  const template = await dataTemplate(program, options);
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    options.onProgress?.(`starting ${program.kind}`);
    try {
      return await startOnce(program, template, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (attempt < tries && tookOurPort(error)) continue;
      throw new Fault(
        `${program.kind} did not start: ${error instanceof Error ? error.message : String(error)}`,
        {
          id: 'sandbox-start',
          exitCode: exitCodes.environment,
          cause: error,
        },
      );
    }
  }
}

async function startOnce(
  program: ServerProgram,
  template: string,
  { signal, variables, password = randomBytes(12).toString('hex'), detached = false }: SandboxOptions,
): Promise<SandboxServer> {
  const port = await freePort();
  const args = serverArgs(program.flavor, '%FOLDER%', port, variables);
  const { pid, folder, ended, end } = await supervised({
    command: [...program.command, '--no-defaults', ...program.args, ...args],
    template,
    files: { [files.setUp]: rootSetUp(password) },
    log: files.log,
    detached,
  });
  await waitUntilReady(port, { ended, end }, { limitMs: readyLimitMs, signal });
  return {
    kind: program.kind,
    host: '127.0.0.1',
    port,
    socket: join(folder, files.socket),
    user: 'root',
    password,
    pid,
    dataDir: join(folder, files.data),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function tookOurPort(error: unknown): boolean {
  return error instanceof Error && /address already in use|bind on tcp\/ip port/i.test(error.message);
}

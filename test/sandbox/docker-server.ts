import { randomBytes } from 'node:crypto';
import { runCommand } from '../../lib/util/child-process.js';
import { freePort } from './free-port.js';
import { containerArgs } from './server-args.js';
import { supervised } from './supervised.js';
import type { SandboxOptions, SandboxServer } from './types.js';
import { waitUntilReady } from './wait-until-ready.js';

const image = 'mysql:8.4';
const readyLimitMs = 180_000;

/** Whether a Docker engine answers: the client alone says nothing. */
export async function hasDocker(): Promise<boolean> {
  return runCommand('docker', ['version', '--format', '{{.Server.Version}}'], { limitSeconds: 10 }).then(
    (version) => version.trim() !== '',
    () => false,
  );
}

/**
 * A throwaway server in a container. The supervisor holds `docker run` in the foreground, so that a signal to it
 * reaches the container, and removes the container whatever happened. The password travels by environment.
 */
export async function dockerServer({
  onProgress,
  signal,
  variables,
  detached = false,
}: SandboxOptions): Promise<SandboxServer> {
  onProgress?.(`pulling the image ${image}`);
  await runCommand('docker', ['pull', '--quiet', image], { limitSeconds: 900, signal });
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const name = `alterwise-sandbox-${randomBytes(6).toString('hex')}`;
  const run = ['docker', 'run', '--rm', '--name', name, '--publish', `127.0.0.1:${port}:3306`];
  onProgress?.(`starting ${image}`);
  const { ended, end } = await supervised({
    command: [...run, '--env', 'MYSQL_ROOT_PASSWORD', image, ...containerArgs('mysql', port, variables)],
    env: { MYSQL_ROOT_PASSWORD: password },
    log: 'server.log',
    cleanUp: ['docker', 'rm', '--force', '--volumes', name],
    detached,
  });
  await waitUntilReady(port, { ended, end }, { limitMs: readyLimitMs, signal });
  return {
    kind: 'docker',
    host: '127.0.0.1',
    port,
    user: 'root',
    password,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

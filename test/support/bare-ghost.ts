import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { writeCredentials } from '../../lib/engines/gh-ost/process/credentials.js';
import { Secret } from '../../lib/settings/secret.js';
import type { Schema, TestServer } from '../servers.js';

/** gh-ost as one gets it, on the table `t`: nothing but where the server is, and leave to run on it. */
export async function runBareGhost(
  server: TestServer,
  schema: Schema,
  alter: string,
  flags: readonly string[] = [],
): Promise<{ exitCode: number | undefined; log: string }> {
  const { path } = await installGhost();
  const folder = await mkdtemp(join(tmpdir(), 'aw-bare-'));
  try {
    const { confPath, env } = await writeCredentials(folder, {
      user: server.user,
      password: new Secret(server.password),
    });
    const args = [
      `--conf=${confPath}`,
      `--host=${server.host}`,
      `--port=${server.port}`,
      `--database=${schema.name}`,
      '--table=t',
      `--alter=${alter}`,
      '--allow-on-master',
      `--serve-socket-file=${join(folder, 'socket')}`,
      `--replica-server-id=${3_900_000_000 + (process.pid % 1_000_000)}`,
      '--initially-drop-ghost-table',
      '--initially-drop-old-table',
      '--execute',
      ...flags,
    ];
    const { exitCode, all } = await execa(path, args, {
      env,
      extendEnv: false,
      stdin: 'ignore',
      all: true,
      reject: false,
      timeout: 60_000,
    });
    return { exitCode, log: all.slice(-2_000) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { readCapabilities } from '../../../lib/engines/gh-ost/binary/find.js';
import { installGhost } from '../../../lib/engines/gh-ost/binary/install.js';
import { ghostArguments } from '../../../lib/engines/gh-ost/process/arguments.js';
import { writeCredentials } from '../../../lib/engines/gh-ost/process/credentials.js';
import { type GhostLine, parseLine } from '../../../lib/engines/gh-ost/process/output.js';
import { ask, SocketError } from '../../../lib/engines/gh-ost/process/socket.js';
import { Secret } from '../../../lib/settings/secret.js';
import type { GhostSettings } from '../../../lib/settings/settings.js';
import { type Child, type ChildExit, startChild } from '../../../lib/util/child-process.js';
import type { Schema, TestServer } from '../../servers.js';
import { settled, until } from '../../support/until.js';

export const ghostSettings: GhostSettings = {
  flags: ['--default-retries=3'],
  maxLagMs: 1500,
  throttleReplicas: [],
  rehearse: 'off',
  checksum: 'off',
  cutOverLockTimeoutSeconds: 1,
};

export interface RealGhost {
  process: Child;
  lines: readonly GhostLine[];
  socket: string;
  folder: string;
  ask(command: string): Promise<string>;
  /** When the socket answers and a line fulfils the condition. */
  until(what: (status: string) => boolean): Promise<string>;
  /** Has it swap the tables, again and again: on a busy machine an attempt may be in vain, and it postpones then. */
  swap(command: string): Promise<ChildExit>;
}

let serverId = 4_000_000_000;

/** Starts the real gh-ost on `t` of the schema; it ends with the test at the latest. */
export async function startRealGhost(
  t: Test,
  server: TestServer,
  schema: Schema,
  spec: string,
  account: { user: string; password: string } = server,
): Promise<RealGhost> {
  const { path } = await installGhost();
  const folder = await mkdtemp(join(tmpdir(), 'aw-ghost-'));
  const password = new Secret(account.password);
  const { confPath, env } = await writeCredentials(folder, { user: account.user, password });
  const socket = join(folder, 'sock');
  serverId -= 1;
  const args = ghostArguments({
    table: { schema: schema.name, name: 't' },
    spec,
    host: server.host,
    port: server.port,
    paths: {
      conf: confPath,
      socket,
      postponeFlag: join(folder, 'postpone'),
      throttleFlag: join(folder, 'throttle'),
    },
    settings: ghostSettings,
    throttleReplicas: [],
    tls: { mode: 'disabled' },
    capabilities: await readCapabilities(path),
    replicaServerId: serverId,
    server: { gtid: false, offersTls: false },
  });
  const lines: GhostLine[] = [];
  const process = startChild({
    path,
    args,
    env,
    secrets: [account.password],
    onLine: (line, stream) => lines.push(parseLine(stream, line)),
  });
  t.teardown(async () => {
    process.signal('SIGKILL');
    await process.exited;
    await rm(folder, { recursive: true });
  });
  const askIt = (command: string) => ask(socket, command, { timeoutMs: 5_000 });
  return {
    process,
    lines,
    socket,
    folder,
    ask: askIt,
    until: (what) => statusThat(askIt, process, what),
    swap: (command) => swap(askIt, process, command),
  };
}

async function swap(
  askIt: (command: string) => Promise<string>,
  process: Child,
  command: string,
): Promise<ChildExit> {
  const exitAfterAsking = async () => {
    try {
      await askIt(command);
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
    }
    return Promise.race([process.exited, sleep(3_000, undefined)]);
  };
  return until('gh-ost cuts over and ends', exitAfterAsking, { limitMs: 60_000 });
}

async function statusThat(
  askIt: (command: string) => Promise<string>,
  process: Child,
  what: (status: string) => boolean,
): Promise<string> {
  const hasEnded = settled(process.exited);
  const look = async () => {
    try {
      const status = await askIt('sup');
      return what(status) ? status : undefined;
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
      return undefined;
    }
  };
  const unless = () => (hasEnded() ? `gh-ost has ended: ${process.tail().slice(-3).join('\n')}` : undefined);
  return until(`gh-ost has a status that fits ${what}`, look, { unless });
}

import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { PlannedAlter } from '../../../documents/plan.js';
import type { ConnectionSettings } from '../../../settings/settings.js';
import { type ChildExit, startChild } from '../../../util/child-process.js';
import type { RunFolder } from '../../../util/private-folder.js';
import { readCapabilities } from '../binary/find.js';
import type { GhostContext, Stop } from '../context.js';
import { ghostArguments } from './arguments.js';
import { writeCredentials } from './credentials.js';
import { GhostLog } from './log.js';
import { type GhostStatus, parseLine, parseStatus } from './output.js';
import { ask } from './socket.js';

/** A gh-ost at work: what it says, and what can be said to it. */
export interface RunningGhost {
  pid: number;
  exited: Promise<ChildExit>;
  /** Absent while it runs. */
  exit(): ChildExit | undefined;
  /** Makes sure that it does not cut over before it is released. */
  postpone(): Promise<void>;
  /** Its latest words on its state, asked for now; absent where it gives no answer (yet) within the limit. */
  status(limitMs?: number): Promise<GhostStatus | undefined>;
  /** Gives it one of its interactive commands. @returns its answer @throws {SocketError} */
  command(text: string): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** What its log has told so far. */
  log: Omit<GhostLog, 'note' | 'end'>;
  /** The last line that it wrote, whatever it is. */
  lastWords(): string | undefined;
}

/** Why there is nothing more to watch, if so: a gh-ost that has ended comes before a request to stop. */
export function overBy({ exit }: Pick<RunningGhost, 'exit'>, signal: AbortSignal): Stop | undefined {
  if (exit() !== undefined) return { why: 'exited' };
  return signal.aborted ? { why: 'aborted' } : undefined;
}

const answerLimitMs = 5_000;

/**
 * Starts gh-ost with its cut-over postponed, and everything that it keeps on disk in the run's own folder.
 * @param resumes it continues from the last checkpoint of one that died
 */
export async function launch(
  statement: PlannedAlter,
  context: GhostContext,
  folder: RunFolder,
  resumes = false,
): Promise<RunningGhost> {
  const { settings, decisions, server, ghost, emit } = context;
  const postpone = () => writeFile(folder.postponeFlag, '', { mode: 0o600 });
  await postpone();
  const { confPath, env } = await writeCredentials(folder.path, settings.connection);
  const args = ghostArguments({
    table: statement.table,
    spec: statement.spec,
    ...placeOf(settings.connection, server.port),
    paths: {
      conf: confPath,
      socket: folder.socket,
      postponeFlag: folder.postponeFlag,
      throttleFlag: folder.throttleFlag,
    },
    settings: settings.ghost,
    throttleReplicas: decisions.throttleReplicas,
    tls: settings.connection.tls,
    capabilities: await readCapabilities(ghost.path),
    replicaServerId: randomInt(1_000_000_000, 4_000_000_000),
    server: {
      gtid: server.binlog.gtid,
      ...(server.topology.isReplica !== undefined && { isReplica: server.topology.isReplica }),
      port: server.port,
      offersTls: speaksGoTls(server.cipher),
    },
    resumes,
    ...(statement.revertTo && { revertTo: statement.revertTo.name }),
  });
  const log = new GhostLog(resumes);
  let exit: ChildExit | undefined;
  const process = startChild({
    path: ghost.path,
    args,
    env,
    secrets: settings.connection.password === undefined ? [] : [settings.connection.password.reveal()],
    onLine: (text, stream) => {
      const line = parseLine(stream, text);
      log.note(line, performance.now());
      if (line.kind === 'log') emit({ type: 'gh-ost', level: line.level, text: line.text });
    },
  });
  void process.exited.then((ended) => {
    exit = ended;
    log.end(performance.now());
  });
  return {
    pid: process.pid,
    exited: process.exited,
    exit: () => exit,
    postpone,
    status: (limitMs = answerLimitMs) => status(folder.socket, limitMs),
    command: (text) => ask(folder.socket, text, { timeoutMs: answerLimitMs }),
    signal: (name) => process.signal(name),
    log,
    lastWords: () => process.tail().at(-1),
  };
}

/**
 * Go's TLS has no cipher with plain RSA or finite-field Diffie-Hellman keys (crypto/tls, since Go 1.22), which is
 * all that some older servers offer: where TLS is only preferred, gh-ost then does without.
 */
function speaksGoTls(cipher: string | undefined): boolean {
  return cipher !== undefined && /^(TLS|ECDHE)/.test(cipher);
}

/** gh-ost knows no unix sockets. */
function placeOf(
  { host, port, socketPath }: ConnectionSettings,
  serverPort: number,
): { host: string; port: number } {
  return socketPath === undefined ? { host, port } : { host: '127.0.0.1', port: serverPort };
}

/** The socket is there only once the shadow table is; a busy gh-ost may answer late. */
async function status(socket: string, timeoutMs: number): Promise<GhostStatus | undefined> {
  try {
    const reply = await ask(socket, 'sup', { timeoutMs });
    return reply
      .split('\n')
      .map(parseStatus)
      .find((found) => found !== undefined);
  } catch {
    return undefined; // no answer is an answer: the watchdog counts them
  }
}

import { join, resolve } from 'node:path';
import type { Values } from './options.js';
import type {
  CheckSettings,
  ConnectionSettings,
  CutOverSettings,
  GhostSettings,
  KillSettings,
  ReviewSettings,
  Settings,
  TlsSettings,
} from './settings.js';

/** Where relative paths begin, and where what is kept goes. */
interface Surroundings {
  cwd: string;
  home: string;
  env: NodeJS.ProcessEnv;
}

/** Puts validated values into the shape that the rest of alterwise reads, and freezes it. */
export function assemble(
  values: Values,
  { cwd, home, env }: Surroundings,
  connectionFrom: (read: ConnectionSettings) => ConnectionSettings = (read) => read,
): Settings {
  const path = (file: string | undefined) => (file === undefined ? undefined : resolve(cwd, file));
  return freeze({
    connection: connectionFrom(connection(values, path)),
    strategy: values.strategy ?? 'auto',
    lockWaitTimeoutSeconds: given(values['lock-wait-timeout']),
    lockBudgetMs: given(values['lock-budget']),
    stallBudgetMs: given(values['stall-budget']),
    probe: values.probe ?? 'auto',
    ghost: ghost(values, path),
    cutOver: cutOver(values),
    killBlockers: killBlockers(values),
    checks: checks(values),
    review: review(values, path),
    keepOldTableMs: given(values['keep-old-table']),
    stateDir: path(values['state-dir']) ?? join(stateHome(home, env), 'alterwise'),
    format: values.format ?? 'text',
    progress: values.progress ?? 'auto',
    verbosity: values.quiet ? 'quiet' : values.verbose ? 'verbose' : 'normal',
    color: !values['no-color'],
    ...present({
      directBudgetMs: values['direct-budget'],
      scratchSchema: values['scratch-schema'],
      out: path(values.out),
      events: path(values.events),
    }),
  });
}

type Path = (file: string | undefined) => string | undefined;

function connection(values: Values, path: Path): ConnectionSettings {
  return {
    host: given(values.host),
    port: given(values.port),
    user: given(values.user),
    tls: tls(values, path),
    ...present({ socketPath: values.socket, password: values.password, database: values.database }),
  };
}

function tls(values: Values, path: Path): TlsSettings {
  const [ca, cert, key] = [path(values['ssl-ca']), path(values['ssl-cert']), path(values['ssl-key'])];
  // As MySQL's own clients: who names an authority wants the server to be checked against it.
  const mode = values['ssl-mode'] ?? (ca === undefined ? 'preferred' : 'verify-ca');
  return { mode, ...present({ ca, cert, key }) };
}

/** By the XDG Base Directory Specification, which ignores a relative path. */
function stateHome(home: string, { XDG_STATE_HOME: given }: NodeJS.ProcessEnv): string {
  return given?.startsWith('/') ? given : join(home, '.local', 'state');
}

function checks(values: Values): CheckSettings {
  const from = values['check-from'];
  return {
    timeMs: given(values['check-time']),
    ...(from !== undefined && { from: hostAndPort(from) }),
    accept: values.accept ?? [],
    forecast: values.forecast ?? 'sample',
  };
}

/** `db2`, `db2:3307`, `[::1]:3307`. */
function hostAndPort(text: string): { host: string; port?: number } {
  const [, bracketed, bare, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { host: bracketed ?? bare ?? text, ...(port !== undefined && { port: Number(port) }) };
}

function review(values: Values, path: Path): ReviewSettings {
  return {
    rows: given(values['review-rows']),
    planMaxAgeMs: given(values['plan-max-age']),
    ...present({ plan: path(values.plan), approve: values.approve }),
  };
}

function ghost(values: Values, path: Path): GhostSettings {
  return {
    flags: values['gh-ost-flag'] ?? [],
    maxLagMs: given(values['max-lag']),
    rehearse: values.rehearse ?? 'auto',
    checksum: values.checksum ?? 'auto',
    cutOverLockTimeoutSeconds: given(values['cut-over-lock-timeout']),
    ...present({
      // A bare name is looked for on PATH.
      path: values['gh-ost']?.includes('/') ? path(values['gh-ost']) : values['gh-ost'],
      maxLoad: values['max-load'],
      criticalLoad: values['critical-load'],
      throttleQuery: values['throttle-query'],
      throttleReplicas: values['throttle-replica']?.filter((replica) => replica !== 'none'),
      chunkSize: values['chunk-size'],
      dmlBatchSize: values['dml-batch-size'],
    }),
  };
}

function cutOver(values: Values): CutOverSettings {
  return {
    when: values['cut-over'] ?? 'auto',
    stallTotalMs: given(values['stall-budget-total']),
    ...present({
      window: values['cut-over-window'],
      gate: values['cut-over-gate'],
      waitMs: values['cut-over-wait'],
    }),
  };
}

function killBlockers(values: Values): KillSettings {
  return {
    spareRows: given(values['kill-spare-rows']),
    ...present({ afterMs: values['kill-blockers-after'] }),
  };
}

/** A value that the table of options gives a default. */
function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('an option lost its default');
  return value;
}

/** Leaves out what is undefined: absent is absent. */
function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}

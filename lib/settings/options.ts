import { userInfo } from 'node:os';
import { join } from 'node:path';
import { engineNames } from '../documents/strategies.js';
import { address, replicas } from './address.js';
import { ghostFlag } from './ghost-flags.js';
import { choice, duration, file, type Kind, list, onOff, program, secret, text, whole } from './kinds.js';
import { maskDsn } from './secret.js';
import { dailyWindow } from './window.js';

/** Where somebody may write a value; `file`: a config file, and the option file of MySQL. */
type Source = 'flag' | 'environment' | 'file';

export interface Option<T> extends Details<T> {
  kind: Kind<T>;
  help: string;
  /** Under which heading `--help` lists it. */
  group: string;
}

interface Details<T> {
  /** Its place in `Settings`, whose type follows from it; absent if it belongs to one invocation alone. */
  at?: string;
  /** Absent: everywhere. */
  from?: readonly Source[];
  default?: T | ((given: Readonly<Record<string, unknown>>, surroundings: Surroundings) => T);
  /** Says the default if it is not a plain value. */
  defaultText?: string;
  /** Names in the environment besides `ALTERWISE_…`, which wins. */
  alsoInEnvironment?: readonly string[];
}

/** On what a default may depend. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  home: string;
}

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const days = 24 * hours;
const anyNumber = whole(0, Number.MAX_SAFE_INTEGER);
const schema = text('SCHEMA', 'the name of a schema', /^.{1,64}$/);
const table = text('TABLE', 'the name of a table');
const load = text(
  'NAME=N,…',
  'status variables with a limit, such as Threads_running=50,Threads_connected=500',
  /^\s*[A-Za-z][\w.]*=\d+(\s*,\s*[A-Za-z][\w.]*=\d+)*\s*$/,
);
const onlyFlag = { from: ['flag'] } as const;
const notInFiles = { from: ['flag', 'environment'] } as const;

/**
 * Every option there is, once. Flags, names in the environment, keys of config files, validation, defaults, the type of
 * `Settings`, `--help`, `--print-settings` and the schema of config files are derived from this table.
 */
export const options = {
  ...inGroup('Statement', {
    file: option(list(file), 'a migration: its statements in their order; may be repeated', onlyFlag),
    table: option(table, 'the table that --alter changes', onlyFlag),
    alter: option(text('SPEC', 'what follows ALTER TABLE t'), 'the change, as for gh-ost', onlyFlag),
    resume: option(
      text('RUN', 'the id of a run, as alterwise status shows it', /^[\w-]+$/),
      'resume a run that died or was stopped',
      onlyFlag,
    ),
    detach: option(
      onOff,
      'keep running when the terminal or the CI agent goes away; alterwise status follows it',
      onlyFlag,
    ),
    apply: option(onOff, "remove what is provably alterwise's", onlyFlag),
    'dry-run': option(onOff, 'print the plan and change nothing', onlyFlag),
  }),

  ...inGroup('Connection', {
    dsn: option(
      { ...text('URL', 'mysql://user@host:3306/database'), secret: true, write: maskDsn },
      'mysql://user@host:3306/database?ssl-mode=…&ssl-ca=…',
      { alsoInEnvironment: ['DATABASE_URL'] },
    ),
    host: option(text('HOST', 'the name or address of the server'), 'the server', {
      at: 'connection.host',
      default: '127.0.0.1',
    }),
    port: option(whole(1, 65535), 'its port', { at: 'connection.port', default: 3306 }),
    socket: option(file, 'its unix socket, instead of host and port', { at: 'connection.socketPath' }),
    user: option(text('USER', 'the name of an account'), 'the account', {
      at: 'connection.user',
      default: loginName,
      defaultText: 'your login name',
    }),
    password: option(secret, 'its password', { at: 'connection.password', from: ['environment', 'file'] }),
    'ask-password': option(onOff, 'ask for the password on the terminal', onlyFlag),
    database: option(text('SCHEMA', 'the name of a schema'), 'the schema of tables named without one', {
      at: 'connection.database',
    }),
    'ssl-mode': option(
      choice('disabled', 'preferred', 'required', 'verify-ca', 'verify-identity'),
      'TLS, with the modes of the MySQL client',
      {
        at: 'connection.tls.mode',
        // As MySQL's own clients: who names an authority wants the server to be checked against it.
        default: (given) => (given['ssl-ca'] === undefined ? 'preferred' : 'verify-ca'),
        defaultText: 'preferred; verify-ca if --ssl-ca is given',
      },
    ),
    'ssl-ca': option(file, 'certificates of the authorities to trust (PEM)', { at: 'connection.tls.ca' }),
    'ssl-cert': option(file, 'certificate of this client (PEM)', { at: 'connection.tls.cert' }),
    'ssl-key': option(file, 'its key (PEM)', { at: 'connection.tls.key' }),
  }),

  ...inGroup('Method', {
    strategy: option(choice('auto', ...engineNames), 'force an engine; refusals still hold', {
      at: 'strategy',
      default: 'auto',
    }),
    'lock-wait-timeout': option(whole(1, 3600), 'seconds that one attempt may wait for a lock', {
      at: 'lockWaitTimeoutSeconds',
      default: 2,
    }),
    'lock-budget': option(
      duration(seconds, days),
      'total time to wait for the lock over all attempts; then exit code 5',
      { at: 'lockBudgetMs', default: 30 * seconds },
    ),
    'stall-budget': option(duration(0, hours), 'longest predicted stall of writers by a blocking COPY', {
      at: 'stallBudgetMs',
      default: seconds,
    }),
    'direct-budget': option(duration(0, days), 'longest predicted INPLACE that runs directly', {
      at: 'directBudgetMs',
      defaultText: '10s with replicas, 60s without',
    }),
    'kill-blockers-after': option(
      duration(seconds, days),
      'kill connections that have blocked the lock for this long',
      { at: 'killBlockers.afterMs', defaultText: 'never' },
    ),
    'kill-spare-rows': option(
      anyNumber,
      'with --kill-blockers-after: never kill a transaction that changed more rows than this',
      { at: 'killBlockers.spareRows', default: 1_000 },
    ),
    probe: option(choice('auto', 'scratch', 'off'), 'try the change on an empty clone of the table first', {
      at: 'probe',
      default: 'auto',
    }),
    'scratch-schema': option(schema, 'where --probe=scratch clones', { at: 'scratchSchema' }),
  }),

  ...inGroup('Checks', {
    'check-time': option(duration(0, days), 'how long the checks may read the rows of one table', {
      at: 'checks.timeMs',
      default: 60 * seconds,
    }),
    'check-from': option(address, 'read the rows from this replica instead', { at: 'checks.from' }),
    accept: option(
      list(text('ID', 'the id of a danger, as the plan shows it', /^[a-z][a-z0-9-]*$/)),
      'accept this danger; recorded in the run; may be repeated',
      { at: 'checks.accept', default: [] },
    ),
    forecast: option(
      choice('sample', 'rates'),
      'predict durations from a copied sample of the rows, or from general rates',
      { at: 'checks.forecast', default: 'sample' },
    ),
    bookkeeping: option(
      list(table),
      'of a script: a table that lists what it has run, besides those of the usual tools; may be repeated',
      { default: [] },
    ),
  }),

  ...inGroup('Review', {
    'review-rows': option(anyNumber, 'rows above which run requires a reviewed plan', {
      at: 'review.rows',
      default: 500_000,
    }),
    plan: option(file, 'run exactly this plan (made by `alterwise plan --format json --out FILE`)', {
      at: 'review.plan',
      ...onlyFlag,
    }),
    approve: option(text('PLAN-ID', 'the id of a plan', /^[0-9a-f]{10}$/), 'run if this is still the plan', {
      at: 'review.approve',
      ...notInFiles,
    }),
    'plan-max-age': option(duration(0, 365 * days), 'oldest plan that may be run', {
      at: 'review.planMaxAgeMs',
      default: days,
    }),
  }),

  ...inGroup('gh-ost', {
    'gh-ost': option(program, 'the binary', {
      at: 'ghost.path',
      alsoInEnvironment: ['GH_OST'],
      defaultText: 'from PATH, then what `alterwise gh-ost install` built',
    }),
    'max-lag': option(duration(100, hours), 'replica lag at which the row copy pauses', {
      at: 'ghost.maxLagMs',
      default: 1500,
    }),
    'max-load': option(load, 'load at which the row copy pauses', { at: 'ghost.maxLoad' }),
    'critical-load': option(load, 'load at which gh-ost gives up', { at: 'ghost.criticalLoad' }),
    'throttle-query': option(text('QUERY', 'a query'), 'the row copy pauses while this returns more than 0', {
      at: 'ghost.throttleQuery',
    }),
    'throttle-replica': option(replicas, 'a replica whose lag counts, or none; may be repeated', {
      at: 'ghost.throttleReplicas',
      defaultText: 'those that the server names, if they can be reached',
    }),
    // Both bounds are gh-ost's, which clamps the rest in silence.
    'chunk-size': option(whole(10, 100_000), 'rows copied at a time', {
      at: 'ghost.chunkSize',
      defaultText: 'chosen',
    }),
    'dml-batch-size': option(whole(1, 1000), 'row changes applied at a time', {
      at: 'ghost.dmlBatchSize',
      defaultText: 'chosen',
    }),
    rehearse: option(
      choice('auto', 'always', 'off'),
      'run gh-ost through to its cut-over on an empty clone first',
      { at: 'ghost.rehearse', default: 'auto' },
    ),
    checksum: option(
      choice('auto', 'full', 'sample', 'off'),
      'compare the shadow table with the original before the cut-over',
      {
        at: 'ghost.checksum',
        default: 'auto',
        defaultText: 'auto: every row if that takes at most 30m, else a sample',
      },
    ),
    'cut-over': option(
      choice('auto', 'manual'),
      'cut over as soon as possible, or when `alterwise cut-over` says so',
      { at: 'cutOver.when', default: 'auto' },
    ),
    'cut-over-window': option(
      dailyWindow,
      'daily window for the cut-over; in the local time zone, or the one that follows',
      { at: 'cutOver.window' },
    ),
    'cut-over-gate': option(text('CMD', 'a command for sh'), 'cut over only if this command exits with 0', {
      at: 'cutOver.gate',
    }),
    'cut-over-wait': option(
      duration(seconds, 30 * days),
      'how long a complete row copy may wait for its cut-over; then exit code 5',
      {
        at: 'cutOver.waitMs',
        defaultText:
          '24h with a window, a gate or --cut-over=manual; else --lock-budget, or as long as the row copy took',
      },
    ),
    'stall-budget-total': option(
      duration(seconds, hours),
      'total time that all cut-over attempts may block writers',
      { at: 'cutOver.stallTotalMs', default: 10 * seconds },
    ),
    // gh-ost waits for its lock twice this long (gh-ost issue 952).
    'cut-over-lock-timeout': option(whole(1, 10), 'seconds that one cut-over attempt waits for its lock', {
      at: 'ghost.cutOverLockTimeoutSeconds',
      default: 2,
    }),
    'keep-old-table': option(
      duration(0, 365 * days),
      'how long the old table is kept for a revert; then `alterwise clean --apply` drops it',
      { at: 'keepOldTableMs', default: days },
    ),
    'gh-ost-flag': option(list(ghostFlag), 'an extra flag, from an allow-list; may be repeated', {
      at: 'ghost.flags',
      default: [],
    }),
  }),

  ...inGroup('Output', {
    format: option(choice('text', 'json', 'markdown', 'html'), 'of the plan and of the result', {
      at: 'format',
      default: 'text',
    }),
    out: option(file, 'write the plan or result here instead of standard output', { at: 'out' }),
    progress: option(choice('auto', 'terminal', 'lines', 'ndjson', 'none'), 'events, on standard error', {
      at: 'progress',
      default: 'auto',
      defaultText: 'auto: terminal on a TTY, lines elsewhere',
    }),
    events: option(file, 'also append all events to this file, as NDJSON, whatever --progress shows', {
      at: 'events',
    }),
    quiet: option(onOff, 'only warnings and blockers', { default: false }),
    verbose: option(onOff, 'also the log of gh-ost', { default: false }),
    'no-color': option(onOff, 'no colours', { default: false, alsoInEnvironment: ['NO_COLOR'] }),
  }),

  ...inGroup('Configuration', {
    'state-dir': option(file, 'where runs are recorded', {
      at: 'stateDir',
      default: stateDir,
      defaultText: '$XDG_STATE_HOME/alterwise, or ~/.local/state/alterwise',
    }),
    config: option(file, 'the config file', {
      ...notInFiles,
      defaultText: 'alterwise.config.json, .mjs or .ts in the working directory',
    }),
    'defaults-file': option(file, 'the MySQL option file: [client] and [alterwise]', {
      ...notInFiles,
      defaultText: '~/.my.cnf',
    }),
    'print-settings': option(onOff, 'show each value and where it came from', onlyFlag),
  }),
};

export type OptionName = keyof typeof options;
export type OptionGroup = (typeof options)[OptionName]['group'];
export type ValueOf<O> = O extends { kind: Kind<infer T> } ? T : never;
/** Validated values; an option that was not given and has no default is absent. */
export type Values = { [N in OptionName]?: ValueOf<(typeof options)[N]> };

export const optionNames = Object.keys(options) as readonly OptionName[];

/** The option of this name, with the type of its values forgotten. */
export function optionOf(name: OptionName): Option<unknown> {
  return options[name];
}

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(options, name);
}

/** The options that may be written there. */
export function namesFrom(source: Source): OptionName[] {
  return optionNames.filter((name) => optionOf(name).from?.includes(source) ?? true);
}

/** The default in words; undefined if there is none. */
export function defaultText(name: OptionName): string | undefined {
  const { defaultText: text, default: value, kind } = optionOf(name);
  return text ?? (value === undefined ? undefined : kind.write(value) || undefined);
}

/** `lock-budget` is ALTERWISE_LOCK_BUDGET in the environment. */
export function environmentName(name: OptionName): string {
  return `ALTERWISE_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** `lock-budget` is lockBudget in a config file. */
export function configKey(name: OptionName): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function option<T, const D extends Details<NoInfer<T>> = Record<never, never>>(
  kind: Kind<T>,
  help: string,
  details?: D,
) {
  return { kind, help, ...(details as D) };
}

function inGroup<const G extends string, E extends Record<string, Omit<Option<unknown>, 'group'>>>(
  group: G,
  entries: E,
) {
  const grouped = Object.entries(entries).map(([name, entry]) => [name, { ...entry, group }]);
  return Object.fromEntries(grouped) as { [N in keyof E]: E[N] & { group: G } };
}

/** In a container the user may have a number and no name; then the server gets the number. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}

/** By the XDG Base Directory Specification, which ignores a relative path. */
function stateDir(_: unknown, { env, home }: Surroundings): string {
  const { XDG_STATE_HOME: given } = env;
  return join(given?.startsWith('/') ? given : join(home, '.local', 'state'), 'alterwise');
}

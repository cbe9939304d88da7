import { userInfo } from 'node:os';
import { engineNames } from '../documents/strategies.js';
import { ghostFlag } from './ghost-flags.js';
import { choice, duration, type Kind, list, onOff, secret, text, whole } from './kinds.js';
import { maskDsn } from './secret.js';
import { dailyWindow } from './window.js';

export type OptionGroup =
  | 'Statement'
  | 'Connection'
  | 'Method'
  | 'Checks'
  | 'Review'
  | 'gh-ost'
  | 'Output'
  | 'Configuration';

/** Where a value may come from. */
type Reach =
  /** Flag, environment, config file, option file. */
  | 'everywhere'
  /** Not a flag, because arguments are visible to everyone on the machine. */
  | 'no-flag'
  /** Not from files: it says which files to read. */
  | 'flag-and-environment'
  /** It belongs to one invocation. */
  | 'flag';

export interface Option<T> {
  kind: Kind<T>;
  description: string;
  group: OptionGroup;
  reach: Reach;
  default?: T | (() => T);
  /** Says the default if it is not a plain value. */
  defaultText?: string;
  /** Names in the environment besides `ALTERWISE_…`, which wins. */
  alsoInEnvironment?: readonly string[];
}

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const file = text('FILE', 'the path of a file');
const load = text(
  'NAME=N,…',
  'status variables with a limit, such as Threads_running=50,Threads_connected=500',
  /^\s*[A-Za-z][\w.]*=\d+(\s*,\s*[A-Za-z][\w.]*=\d+)*\s*$/,
);

/**
 * Every option there is, once. Flags, names in the environment, keys of config files, validation, help and
 * `--print-settings` are derived from this table.
 */
export const options = {
  file: flagOnly('Statement', list(file), 'a migration: its statements in their order; may be repeated'),
  table: flagOnly('Statement', text('TABLE', 'the name of a table'), 'the table that --alter changes'),
  alter: flagOnly('Statement', text('SPEC', 'what follows ALTER TABLE t'), 'the change, as for gh-ost'),
  resume: flagOnly(
    'Statement',
    text('RUN', 'the id of a run, as alterwise status shows it', /^[\w-]+$/),
    'resume a run that died or was stopped',
  ),
  detach: flagOnly(
    'Statement',
    onOff,
    'keep running when the terminal or the CI agent goes away; alterwise status follows it',
  ),
  apply: flagOnly('Statement', onOff, "remove what is provably alterwise's"),
  'dry-run': flagOnly('Statement', onOff, 'print the plan and change nothing'),

  dsn: connection(
    { ...text('URL', 'mysql://user@host:3306/database'), secret: true, write: maskDsn },
    'mysql://user@host:3306/database?ssl-mode=…&ssl-ca=…',
    { alsoInEnvironment: ['DATABASE_URL'] },
  ),
  host: connection(text('HOST', 'the name or address of the server'), 'the server', { default: '127.0.0.1' }),
  port: connection(whole(1, 65535), 'its port', { default: 3306 }),
  socket: connection(file, 'its unix socket, instead of host and port'),
  user: connection(text('USER', 'the name of an account'), 'the account', {
    default: loginName,
    defaultText: 'your login name',
  }),
  password: connection(secret, 'its password', { reach: 'no-flag' }),
  'ask-password': connection(onOff, 'ask for the password on the terminal', { reach: 'flag' }),
  database: connection(text('SCHEMA', 'the name of a schema'), 'the schema of tables named without one'),
  'ssl-mode': connection(
    choice('disabled', 'preferred', 'required', 'verify-ca', 'verify-identity'),
    'TLS, with the modes of the MySQL client',
    { defaultText: 'preferred; verify-ca if --ssl-ca is given' },
  ),
  'ssl-ca': connection(file, 'certificates of the authorities to trust (PEM)'),
  'ssl-cert': connection(file, 'certificate of this client (PEM)'),
  'ssl-key': connection(file, 'its key (PEM)'),

  strategy: way(choice('auto', ...engineNames), 'force an engine; refusals still hold', {
    default: 'auto',
  }),
  'lock-wait-timeout': way(whole(1, 3600), 'seconds that one attempt may wait for a lock', { default: 2 }),
  'lock-budget': way(
    duration(seconds, 24 * hours),
    'total time to wait for the lock over all attempts; then exit code 5',
    {
      default: 30 * seconds,
    },
  ),
  'stall-budget': way(duration(0, hours), 'longest predicted stall of writers by a blocking COPY', {
    default: seconds,
  }),
  'direct-budget': way(duration(0, 24 * hours), 'longest predicted INPLACE that runs directly', {
    defaultText: '10s with replicas, 60s without',
  }),
  'kill-blockers-after': way(
    duration(seconds, 24 * hours),
    'kill connections that have blocked the lock for this long',
    { defaultText: 'never' },
  ),
  'kill-spare-rows': way(
    whole(0, Number.MAX_SAFE_INTEGER),
    'with --kill-blockers-after: never kill a transaction that changed more rows than this',
    { default: 1_000 },
  ),
  probe: way(choice('auto', 'scratch', 'off'), 'try the change on an empty clone of the table first', {
    default: 'auto',
  }),
  'scratch-schema': way(text('SCHEMA', 'the name of a schema', /^.{1,64}$/), 'where --probe=scratch clones'),

  'check-time': checks(duration(0, 24 * hours), 'how long the checks may read the rows of one table', {
    default: 60 * seconds,
  }),
  'check-from': checks(
    text('HOST[:PORT]', 'a host, and a port if it differs', /^(\[[0-9a-fA-F:]+\]|[^\s:,]+)(:\d{1,5})?$/),
    'read the rows from this replica instead',
  ),
  accept: checks(
    list(text('ID', 'the id of a danger, as the plan shows it', /^[a-z][a-z0-9-]*$/)),
    'accept this danger; recorded in the run; may be repeated',
    { default: [] },
  ),
  forecast: checks(
    choice('sample', 'rates'),
    'predict durations from a copied sample of the rows, or from general rates',
    { default: 'sample' },
  ),

  bookkeeping: checks(
    list(text('TABLE', 'the name of a table')),
    'of a script: a table that lists what it has run, besides those of the usual tools; may be repeated',
    { default: [] },
  ),

  'review-rows': review(whole(0, Number.MAX_SAFE_INTEGER), 'rows above which run requires a reviewed plan', {
    default: 500_000,
  }),
  plan: review(file, 'run exactly this plan (made by `alterwise plan --format json --out FILE`)', {
    reach: 'flag',
  }),
  approve: review(text('PLAN-ID', 'the id of a plan', /^[0-9a-f]{10}$/), 'run if this is still the plan', {
    reach: 'flag-and-environment',
  }),
  'plan-max-age': review(duration(0, 365 * 24 * hours), 'oldest plan that may be run', {
    default: 24 * hours,
  }),

  'gh-ost': ghost(file, 'the binary', {
    alsoInEnvironment: ['GH_OST'],
    defaultText: 'from PATH, then what `alterwise gh-ost install` built',
  }),
  'max-lag': ghost(duration(100, hours), 'replica lag at which the row copy pauses', { default: 1500 }),
  'max-load': ghost(load, 'load at which the row copy pauses'),
  'critical-load': ghost(load, 'load at which gh-ost gives up'),
  'throttle-query': ghost(text('QUERY', 'a query'), 'the row copy pauses while this returns more than 0'),
  'throttle-replica': ghost(
    list(text('HOST:PORT', 'host:port, or none', /^(none|(\[[0-9a-fA-F:]+\]|[^\s:,]+):\d{1,5})$/)),
    'a replica whose lag counts, or none; may be repeated',
    { defaultText: 'those that the server names, if they can be reached' },
  ),
  'chunk-size': ghost(whole(10, 100_000), 'rows copied at a time', { defaultText: 'chosen' }),
  'dml-batch-size': ghost(whole(1, 1000), 'row changes applied at a time', { defaultText: 'chosen' }),
  rehearse: ghost(
    choice('auto', 'always', 'off'),
    'run gh-ost through to its cut-over on an empty clone first',
    {
      default: 'auto',
    },
  ),
  checksum: ghost(
    choice('auto', 'full', 'sample', 'off'),
    'compare the shadow table with the original before the cut-over',
    {
      default: 'auto',
      defaultText: 'auto: every row if that takes at most 30m, else a sample',
    },
  ),
  'cut-over': ghost(
    choice('auto', 'manual'),
    'cut over as soon as possible, or when `alterwise cut-over` says so',
    {
      default: 'auto',
    },
  ),
  'cut-over-window': ghost(
    dailyWindow,
    'daily window for the cut-over; in the local time zone, or the one that follows',
  ),
  'cut-over-gate': ghost(text('CMD', 'a command for sh'), 'cut over only if this command exits with 0'),
  'cut-over-wait': ghost(
    duration(seconds, 30 * 24 * hours),
    'how long a complete row copy may wait for its cut-over; then exit code 5',
    {
      defaultText:
        '24h with a window, a gate or --cut-over=manual; else --lock-budget, or as long as the row copy took',
    },
  ),
  'stall-budget-total': ghost(
    duration(seconds, hours),
    'total time that all cut-over attempts may block writers',
    { default: 10 * seconds },
  ),
  'cut-over-lock-timeout': ghost(whole(1, 10), 'seconds that one cut-over attempt waits for its lock', {
    default: 2,
  }),
  'keep-old-table': ghost(
    duration(0, 365 * 24 * hours),
    'how long the old table is kept for a revert; then `alterwise clean --apply` drops it',
    { default: 24 * hours },
  ),
  'gh-ost-flag': ghost(list(ghostFlag), 'an extra flag, from an allow-list; may be repeated', {
    default: [],
  }),

  format: output(choice('text', 'json', 'markdown', 'html'), 'of the plan and of the result', {
    default: 'text',
  }),
  out: output(file, 'write the plan or result here instead of standard output'),
  progress: output(choice('auto', 'terminal', 'lines', 'ndjson', 'none'), 'events, on standard error', {
    default: 'auto',
    defaultText: 'auto: terminal on a TTY, lines elsewhere',
  }),
  events: output(file, 'also append all events to this file, as NDJSON, whatever --progress shows'),
  quiet: output(onOff, 'only warnings and blockers', { default: false }),
  verbose: output(onOff, 'also the log of gh-ost', { default: false }),
  'no-color': output(onOff, 'no colours', { default: false, alsoInEnvironment: ['NO_COLOR'] }),

  'state-dir': configuration(file, 'where runs are recorded', {
    defaultText: '$XDG_STATE_HOME/alterwise, or ~/.local/state/alterwise',
  }),
  config: configuration(file, 'the config file', {
    reach: 'flag-and-environment',
    defaultText: 'alterwise.config.json, .mjs or .ts in the working directory',
  }),
  'defaults-file': configuration(file, 'the MySQL option file: [client] and [alterwise]', {
    reach: 'flag-and-environment',
    defaultText: '~/.my.cnf',
  }),
  'print-settings': configuration(onOff, 'show each value and where it came from', { reach: 'flag' }),
};

export type OptionName = keyof typeof options;
type ValueOf<O> = O extends Option<infer T> ? T : never;
/** Validated values; an option that was not given and has no default is absent. */
export type Values = { [N in OptionName]?: ValueOf<(typeof options)[N]> };

export const optionNames = Object.keys(options) as readonly OptionName[];

/** The option of this name, with the type of its values forgotten. */
export function optionOf(name: OptionName): Option<unknown> {
  return options[name] as Option<unknown>;
}

/** The default in words; undefined if there is none. */
export function defaultText(name: OptionName): string | undefined {
  const option = optionOf(name);
  if (option.defaultText !== undefined || option.default === undefined) return option.defaultText;
  const value = typeof option.default === 'function' ? option.default() : option.default;
  return option.kind.write(value) || undefined;
}

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(options, name);
}

/** `lock-budget` is ALTERWISE_LOCK_BUDGET in the environment. */
export function environmentName(name: OptionName): string {
  return `ALTERWISE_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** `lock-budget` is lockBudget in a config file. */
export function configKey(name: OptionName): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

type Rest<T> = Partial<Omit<Option<T>, 'kind' | 'description' | 'group'>>;

function of<T>(
  group: OptionGroup,
  kind: Kind<T>,
  description: string,
  rest: Rest<NoInfer<T>> = {},
): Option<T> {
  return { reach: 'everywhere', ...rest, kind, description, group };
}

function flagOnly<T>(group: OptionGroup, kind: Kind<T>, description: string): Option<T> {
  return of(group, kind, description, { reach: 'flag' });
}

function connection<T>(kind: Kind<T>, description: string, rest?: Rest<NoInfer<T>>): Option<T> {
  return of('Connection', kind, description, rest);
}

function way<T>(kind: Kind<T>, description: string, rest?: Rest<NoInfer<T>>): Option<T> {
  return of('Method', kind, description, rest);
}

function checks<T>(kind: Kind<T>, description: string, rest?: Rest<NoInfer<T>>): Option<T> {
  return of('Checks', kind, description, rest);
}

function review<T>(kind: Kind<T>, description: string, rest?: Rest<NoInfer<T>>): Option<T> {
  return of('Review', kind, description, rest);
}

function ghost<T>(kind: Kind<T>, description: string, rest?: Rest<NoInfer<T>>): Option<T> {
  return of('gh-ost', kind, description, rest);
}

function output<T>(kind: Kind<T>, description: string, rest?: Rest<NoInfer<T>>): Option<T> {
  return of('Output', kind, description, rest);
}

function configuration<T>(kind: Kind<T>, description: string, rest?: Rest<NoInfer<T>>): Option<T> {
  return of('Configuration', kind, description, rest);
}

/** In a container the user may have a number and no name; then the server gets the number. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}

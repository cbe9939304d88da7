import {
  type OptionName,
  optionNames,
  optionOf,
  type options,
  type ValueOf,
  type Values,
} from './options.js';

/**
 * Everything that a person can set, validated and frozen: each option in its place (`at`), under the type of its kind.
 * Without a default it may be absent. Durations are in ms.
 */
export interface Settings extends Section<''> {
  connection: ConnectionSettings;
  ghost: GhostSettings;
  cutOver: CutOverSettings;
  killBlockers: KillSettings;
  checks: CheckSettings;
  review: ReviewSettings;
  verbosity: 'quiet' | 'normal' | 'verbose';
  color: boolean;
}

export interface ConnectionSettings extends Section<'connection.'> {
  tls: TlsSettings;
  /** As `@@time_zone`, for literals and conversions of TIMESTAMP; absent: the server's own. */
  timeZone?: string;
}

/** Paths of PEM files. `mode` is meant as by the MySQL client; `preferred` is plain text if the server has no TLS. */
export interface TlsSettings extends Section<'connection.tls.'> {}

/** How gh-ost copies. An absent value is chosen by alterwise; no `throttleReplicas`: those that the server names. */
export interface GhostSettings extends Section<'ghost.'> {}

/** Rows that gh-ost copies at a time unless `--chunk-size` is given. */
export const usualChunkSize = 2_000;

/** When a complete row copy may be cut over. */
export interface CutOverSettings extends Section<'cutOver.'> {}

/** Which connections that hold the table may be killed; without `afterMs` none. */
export interface KillSettings extends Section<'killBlockers.'> {}

export interface CheckSettings extends Section<'checks.'> {}

export interface ReviewSettings extends Section<'review.'> {}

/** The options whose place begins with `Prefix`, each under the rest of it. */
type Section<Prefix extends string> = {
  [P in keyof Placed as Placed[P] extends { default: unknown } ? Rest<P, Prefix> : never]: ValueOf<Placed[P]>;
} & {
  [P in keyof Placed as Placed[P] extends { default: unknown } ? never : Rest<P, Prefix>]?: ValueOf<
    Placed[P]
  >;
};

type Rest<P, Prefix extends string> = P extends `${Prefix}${infer Name}`
  ? Name extends `${string}.${string}`
    ? never
    : Name
  : never;

type Options = typeof options;
type Placed = {
  [N in OptionName as Options[N] extends { at: infer P extends string } ? P : never]: Options[N];
};

/** Puts validated values into their places, and freezes the whole. */
export function settingsOf(
  values: Values,
  cwd: string,
  connection: (read: ConnectionSettings) => ConnectionSettings = (read) => read,
): Settings {
  const tree: Branch = {
    verbosity: values.quiet ? 'quiet' : values.verbose ? 'verbose' : 'normal',
    color: !values['no-color'],
  };
  for (const name of optionNames) {
    const { at, kind } = optionOf(name);
    const value = values[name];
    if (at === undefined || value === undefined) continue;
    const path = at.split('.');
    const last = path.pop() ?? '';
    let branch = tree;
    for (const part of path) branch = branch[part] = (branch[part] ?? {}) as Branch;
    branch[last] = kind.settle ? kind.settle(value, cwd) : value;
  }
  // Each value stands in its place, and has the type of its kind, as `Section` says.
  const settings = tree as unknown as Settings;
  return freeze({ ...settings, connection: connection(settings.connection) });
}

type Branch = Record<string, unknown>;

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}

import type { Stream } from '../../../util/redact.js';

type LogLevel = 'debug' | 'info' | 'warning' | 'error' | 'fatal';

export type GhostLine =
  | { kind: 'status'; status: GhostStatus }
  /** Error is not failure: gh-ost logs each try that it repeats as one. Only `fatal` is the end. */
  | { kind: 'log'; level: LogLevel; text: string }
  | { kind: 'hint'; text: string }
  /** Its last line, if it ends with exit code 0. */
  | { kind: 'done' }
  /** Libraries within gh-ost, further lines of a message, and anything else. */
  | { kind: 'foreign'; from: 'go-mysql' | 'sql-driver' | 'unknown'; text: string };

/** One line of gh-ost's output, redacted before. With --verbose each status comes twice, once on each stream. */
export function parseLine(stream: Stream, line: string): GhostLine {
  const log = logLine.exec(line);
  if (stream === 'stderr' && log) return parseLog(log[1] ?? '', log[2] ?? '');
  if (goMysql.test(line)) return { kind: 'foreign', from: 'go-mysql', text: line };
  if (line.startsWith('[mysql] ')) return { kind: 'foreign', from: 'sql-driver', text: line };
  if (stream === 'stderr') return { kind: 'foreign', from: 'unknown', text: line };
  if (line === '# Done') return { kind: 'done' };
  if (line.startsWith('# ')) return { kind: 'hint', text: line.slice(2) };
  const status = parseStatus(line);
  return status ? { kind: 'status', status } : { kind: 'foreign', from: 'unknown', text: line };
}

const logLine = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (DEBUG|INFO|WARNING|ERROR|FATAL) (.*)$/s;

/** On standard output up to 1.1.10, on standard error after that. */
const goMysql = /^(?:\[\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\] \[\w+\] |\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d [A-Z]+ )/;

function parseLog(level: string, message: string): GhostLine {
  const text = withoutFrame(message);
  const status = level === 'INFO' ? parseStatus(text) : undefined;
  if (status) return { kind: 'status', status };
  return { kind: 'log', level: levels.get(level) ?? 'info', text };
}

const levels = new Map<string, LogLevel>([
  ['DEBUG', 'debug'],
  ['INFO', 'info'],
  ['WARNING', 'warning'],
  ['ERROR', 'error'],
  ['FATAL', 'fatal'],
]);

/** A fatal error may carry a whole earlier line; arguments that are not there leave ` []` behind. */
function withoutFrame(message: string): string {
  let text = message;
  for (let inner = logLine.exec(text); inner; inner = logLine.exec(text)) text = inner[2] ?? '';
  return text.endsWith(' []') ? text.slice(0, -3) : text;
}

/** What gh-ost says about itself in a status line; what it does not know is absent. */
export interface GhostStatus {
  rowsCopied: number;
  /** From EXPLAIN or COUNT; absent where gh-ost read 0, as it does on servers whose EXPLAIN is a tree. */
  rowsTotal?: number;
  eventsApplied: number;
  backlog: number;
  backlogLimit: number;
  elapsedMs: number;
  copyingMs: number;
  /** `file:position` or a GTID set. */
  coordinates: string;
  lagMs?: number;
  heartbeatLagMs?: number;
  state: GhostState;
  /** Why it is throttled, in gh-ost's words. */
  throttled?: string;
  /** The text of a state that this version of alterwise does not know. */
  otherState?: string;
  /** Absent at the beginning, and where gh-ost thinks it is `due`. */
  etaMs?: number;
}

type GhostState = 'migrating' | 'counting-rows' | 'postponing-cut-over' | 'throttled' | 'other';

/** Reads a status line (go/logic/migrator.go; the same from 1.1.6 on). Percent is left out: it is wrong at times. */
export function parseStatus(line: string): GhostStatus | undefined {
  const groups = statusLine.exec(line)?.groups;
  if (!groups) return undefined;
  const rowsTotal = Number(groups.total);
  const lagMs = lag(groups.lag);
  const heartbeatLagMs = lag(groups.heartbeat);
  const etaMs = duration(groups.eta);
  return {
    rowsCopied: Number(groups.copied),
    ...(rowsTotal > 0 && { rowsTotal }),
    eventsApplied: Number(groups.applied),
    backlog: Number(groups.backlog),
    backlogLimit: Number(groups.limit),
    elapsedMs: duration(groups.elapsed) ?? 0,
    copyingMs: duration(groups.copying) ?? 0,
    coordinates: groups.streamer ?? '',
    ...(lagMs !== undefined && { lagMs }),
    ...(heartbeatLagMs !== undefined && { heartbeatLagMs }),
    ...parseState(groups.state ?? ''),
    ...(etaMs !== undefined && { etaMs }),
  };
}

/** The streamer's GTID set and the state's reason may hold commas, colons and semicolons. */
const statusLine = new RegExp(
  [
    /^Copy: (?<copied>\d+)\/(?<total>\d+) [\d.]+%; Applied: (?<applied>\d+); /,
    /Backlog: (?<backlog>\d+)\/(?<limit>\d+); Time: (?<elapsed>\S+)\(total\), (?<copying>\S+)\(copy\); /,
    /streamer: (?<streamer>.*?); Lag: (?<lag>[\d.]+)s, HeartbeatLag: (?<heartbeat>[\d.]+)s, /,
    /State: (?<state>.*); ETA: (?<eta>N\/A|due|[\dhms]+)$/,
  ]
    .map((part) => part.source)
    .join(''),
  's',
);

function parseState(text: string): Pick<GhostStatus, 'state' | 'throttled' | 'otherState'> {
  if (text === 'migrating') return { state: 'migrating' };
  if (text === 'counting rows') return { state: 'counting-rows' };
  if (text === 'postponing cut-over') return { state: 'postponing-cut-over' };
  const throttled = /^throttled, (.*)$/s.exec(text)?.[1];
  return throttled === undefined ? { state: 'other', otherState: text } : { state: 'throttled', throttled };
}

/** Right after a resume the lag may be the largest number that Go has (gh-ost up to 1.1.9). */
function lag(seconds: string | undefined): number | undefined {
  const value = Number(seconds);
  return Number.isFinite(value) && value <= 1e6 ? Math.round(value * 1000) : undefined;
}

/** A duration as Go writes it, without fraction: `126h3m0s`. */
function duration(text: string | undefined): number | undefined {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(\d+)s$/.exec(text ?? '');
  if (!match) return undefined;
  const [, hours = 0, minutes = 0, seconds] = match;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

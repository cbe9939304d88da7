import type { Stream } from './redact.js';
import { type GhostStatus, parseStatus } from './status.js';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error' | 'fatal';

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

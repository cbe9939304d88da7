import type { InPlace } from '../documents/answers.js';
import type { ElsewhereRun, RunStatus, StatementStatus } from '../documents/status.js';
import { excerpt } from '../sql/lexer.js';
import { counted, humanMs, oneLine } from '../text/human.js';
import { ink, type TextStyle, wrap } from '../text/layout.js';
import { progressText } from './event-text.js';

/** `alterwise status`: one block for each run. @param nowMs as Date.now() gives it */
export function statusAsText(
  runs: readonly RunStatus[],
  elsewhere: readonly ElsewhereRun[],
  style: TextStyle,
  nowMs: number,
): string {
  const blocks = [
    ...runs.map((run) => runText(run, style, nowMs)),
    ...elsewhere.map((run) => elsewhereText(run, style)),
  ];
  return blocks.length === 0 ? 'No run is recorded here.\n' : blocks.join('\n');
}

function elsewhereText(
  { run, machine, pid, table, state, seenSecondsAgo }: ElsewhereRun,
  style: TextStyle,
): string {
  const seen = `copies ${table}, last seen ${humanMs(seenSecondsAgo * 1_000)} ago`;
  return `${ink(style, 'bold', run.slice(0, 8))} ${state} on ${machine} (pid ${pid}): ${seen}\n`;
}

function runText(run: RunStatus, style: TextStyle, nowMs: number): string {
  const head = `${ink(style, 'bold', run.run.slice(0, 8))} ${stateText(run, style, nowMs)}`;
  const place = `${run.server.host}:${run.server.port}, from ${run.machine} (pid ${run.pid})`;
  const lines = [...nowLines(run), ...run.statements.flatMap(statementLines), place, ...nextLines(run)];
  const text = lines.flatMap((line) => wrap(oneLine(line), style.columns - 2)).map((line) => `  ${line}\n`);
  return `${head}\n${text.join('')}`;
}

function stateText({ state, startedAt, endedAt, exitCode, now }: RunStatus, style: TextStyle, nowMs: number) {
  const durationMs = (endedAt === undefined ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt);
  const start = `started ${timeText(startedAt)}`;
  switch (state) {
    case 'running': {
      const word = now?.stopping ? 'stopping' : now?.paused ? 'paused' : 'running';
      return `${ink(style, 'green', word)} for ${humanMs(durationMs)}, ${start}`;
    }
    case 'interrupted':
      return `${ink(style, 'red', 'interrupted')}: its process died; ${start}`;
    case 'elsewhere':
      return `${start} on another machine; whether it is still running cannot be determined from here`;
    case 'ended':
      if (exitCode === undefined) return `its process died, and what it left has been removed; ${start}`;
      return `ended after ${humanMs(durationMs)} with exit code ${exitCode}; ${start}`;
  }
}

/** `2026-11-30 23:59Z` of an ISO 8601 time. */
function timeText(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')}Z`;
}

function nowLines({ now }: RunStatus): string[] {
  if (now?.phase === undefined) return [];
  const far = now.progress === undefined ? '' : progressText(now.progress);
  const elapsed = now.elapsedMs === undefined ? '' : ` (${humanMs(now.elapsedMs)})`;
  return [`${now.phase}: ${far === '' ? now.text : far}${elapsed}`, ...(now.blockers ?? [])];
}

function statementLines(statement: StatementStatus): string[] {
  const { sql, verb, table = '', strategy, outcome, begun, oldTable, keepUntil = '', left = [] } = statement;
  return [
    `${outcome ?? (begun ? 'started' : 'not started')}, ${strategy}: ${sql ?? `${verb} ${table}`}`,
    ...(oldTable === undefined ? [] : [`old table ${oldTable}, kept until ${timeText(keepUntil)}`]),
    ...(left.length === 0 ? [] : [`left behind: ${left.join(', ')}`]),
  ];
}

function nextLines({ state, run, reverts }: RunStatus): string[] {
  if (state !== 'interrupted') return [];
  if (reverts !== undefined) return [`Next: alterwise revert ${reverts.slice(0, 8)} starts it over.`];
  return [
    `Next: alterwise run --resume ${run.slice(0, 8)} resumes it; alterwise clean removes what it left.`,
  ];
}

/** `alterwise verify`: what is missing comes first. */
export function inPlaceAsText({ inPlace, missing, notLookedAt, pending, unforeseen = [] }: InPlace): string {
  const lines = [
    ...missing.map(({ sql, reason }) => `missing  ${excerpt(sql)}\n         ${reason.text}`),
    ...notLookedAt.map((sql) => `unknown  ${excerpt(sql)}\n         It leaves no trace in the schema.`),
    ...unforeseen.map(({ text }) => `unknown  ${text}`),
    ...(pending ? ['pending  The script has migrations left to run.'] : []),
    inPlaceVerdict(inPlace, missing.length),
  ];
  return `${lines.join('\n')}\n`;
}

function inPlaceVerdict(inPlace: number, missing: number): string {
  if (missing > 0) return `In place: ${inPlace} of ${counted(inPlace + missing, 'change')}.`;
  if (inPlace === 0) return 'Nothing is missing: there is no change to verify.';
  return `In place: all ${counted(inPlace, 'change')} that can be verified.`;
}

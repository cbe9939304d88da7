import type { ElsewhereRun } from '../engines/gh-ost/elsewhere.js';
import type { RunStatus, StatementStatus } from '../runs/status.js';
import { humanMs, oneLine } from '../text/human.js';
import { ink, type TextStyle, wrap } from '../text/layout.js';
import { progressText } from './events.js';

/** Runs for people, one block each. @param nowMs the clock, as Date.now() gives it */
export function statusAsText(
  runs: readonly RunStatus[],
  elsewhere: readonly ElsewhereRun[],
  style: TextStyle,
  nowMs: number,
): string {
  const blocks = [
    ...runs.map((run) => blockOf(run, style, nowMs)),
    ...elsewhere.map((run) => elsewhereOf(run, style)),
  ];
  return blocks.length === 0 ? 'No run is recorded here.\n' : blocks.join('\n');
}

function elsewhereOf(
  { run, machine, pid, table, state, seenSecondsAgo }: ElsewhereRun,
  style: TextStyle,
): string {
  const seen = `copies ${table}, seen ${humanMs(seenSecondsAgo * 1_000)} ago`;
  return `${ink(style, 'bold', run.slice(0, 8))} ${state} on ${machine} (pid ${pid}): ${seen}\n`;
}

function blockOf(run: RunStatus, style: TextStyle, nowMs: number): string {
  const head = `${ink(style, 'bold', run.run.slice(0, 8))} ${stateText(run, style, nowMs)}`;
  const where = `${run.server.host}:${run.server.port}, from ${run.machine} (pid ${run.pid})`;
  const lines = [...nowLines(run), ...run.statements.flatMap(statementLines), where, ...nextLines(run)];
  const text = lines.flatMap((line) => wrap(oneLine(line), style.columns - 2)).map((line) => `  ${line}\n`);
  return `${head}\n${text.join('')}`;
}

function stateText({ state, startedAt, endedAt, exitCode, now }: RunStatus, style: TextStyle, nowMs: number) {
  const sinceMs = (endedAt === undefined ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt);
  const since = `${startedAt.slice(0, 19).replace('T', ' ')}Z`;
  switch (state) {
    case 'running': {
      const word = now?.stopping ? 'stopping' : now?.paused ? 'paused' : 'running';
      return `${ink(style, 'green', word)} for ${humanMs(sinceMs)}, since ${since}`;
    }
    case 'interrupted':
      return `${ink(style, 'red', 'interrupted')}: its process died; begun ${since}`;
    case 'elsewhere':
      return `begun ${since} on another machine; whether it goes on is not seen from here`;
    case 'ended':
      if (exitCode === undefined) return `its process died; what it left is cleaned up; begun ${since}`;
      return `ended after ${humanMs(sinceMs)}, exit code ${exitCode}; begun ${since}`;
  }
}

function nowLines({ now }: RunStatus): string[] {
  if (now?.phase === undefined) return [];
  const far = now.progress === undefined ? '' : progressText(now.progress);
  const elapsed = now.elapsedMs === undefined ? '' : ` (${humanMs(now.elapsedMs)})`;
  return [`${now.phase}: ${far === '' ? now.text : far}${elapsed}`, ...(now.blockers ?? [])];
}

function statementLines(statement: StatementStatus): string[] {
  const { sql, verb, table = '', strategy, outcome, begun, oldTable, keepUntil, left = [] } = statement;
  const end = outcome ?? (begun ? 'begun' : 'not begun');
  return [
    `${end}, ${strategy}: ${sql ?? `${verb} ${table}`}`,
    ...(oldTable === undefined
      ? []
      : [`old table ${oldTable}, kept until ${keepUntil?.slice(0, 16).replace('T', ' ')}Z`]),
    ...(left.length === 0 ? [] : [`left: ${left.join(', ')}`]),
  ];
}

function nextLines({ state, run, reverts }: RunStatus): string[] {
  if (state !== 'interrupted') return [];
  if (reverts !== undefined) return [`Next: alterwise revert ${reverts.slice(0, 8)} begins it anew.`];
  return [`Next: alterwise run --resume ${run.slice(0, 8)} goes on; alterwise clean removes what it left.`];
}

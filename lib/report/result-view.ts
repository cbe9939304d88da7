import type { GateId } from '../cut-over/gate.js';
import type { OutcomeName, ReplicaState, RunResult, StatementResult } from '../documents/result.js';
import { addressOf } from '../inspect/topology.js';
import { blockerText } from '../text/blockers.js';
import { counted, humanMs } from '../text/human.js';
import { alarmsOf, type Line, rowsOf, type StatementView, type Tone, titleOf, type View } from './view.js';

/** What a result says, worded once for text, Markdown and HTML. */
export function resultView({ run, plan, statements: results }: RunResult): View {
  const many = results.length > 1;
  const statements = results.map((result, i) => statementView(result, many ? i + 1 : undefined));
  const decisive =
    results.find(({ outcome }) => outcomes[outcome].tone === 'bad') ??
    results.find(({ outcome }) => outcomes[outcome].tone === 'caution') ??
    results.find(({ outcome }) => outcome === 'done') ??
    results[0];
  return {
    heading: `Run ${run} of plan ${plan}`,
    verdict: verdictOf(decisive),
    alarms: alarmsOf(statements, ['Failed']),
    statements,
    wordLabel: 'Outcome',
    suggestions: [],
    next: [],
  };
}

const outcomes: Readonly<Record<OutcomeName, { text: string; tone: Tone }>> = {
  done: { text: 'done', tone: 'good' },
  nothing: { text: 'nothing to do', tone: 'good' },
  refused: { text: 'refused', tone: 'bad' },
  'lock-timeout': { text: 'lock not obtained', tone: 'bad' },
  aborted: { text: 'aborted', tone: 'caution' },
  failed: { text: 'failed', tone: 'bad' },
  'verification-failed': { text: 'verification failed', tone: 'bad' },
  unknown: { text: 'outcome unknown', tone: 'bad' },
  'not-started': { text: 'not started', tone: 'caution' },
};

/** The outcome in words: `lock not obtained`. */
export function outcomeText({ outcome, reason }: Pick<StatementResult, 'outcome' | 'reason'>): string {
  // If the clock, a command or a person held the cut-over back, no lock was requested.
  const isHeldBack = outcome === 'lock-timeout' && gateIds.has(reason.id);
  return isHeldBack ? 'no cut-over in time' : outcomes[outcome].text;
}

const gateIds = new Set<string>([
  'cut-over-manual',
  'cut-over-window',
  'cut-over-gate',
  'cut-over-paused',
  'cut-over-lag',
] satisfies GateId[]);

function verdictOf(result: StatementResult | undefined): Line {
  if (result === undefined) return { lead: 'Nothing to do', tone: 'good', text: '' };
  const text = outcomeText(result);
  const lead = text.charAt(0).toUpperCase() + text.slice(1);
  return { lead, tone: outcomes[result.outcome].tone, text: '' };
}

function statementView(result: StatementResult, number?: number): StatementView {
  const { sql, outcome, reason, state, next, oldTable, durationMs } = result;
  const { left = [], blockers = [], ended = [], replicas = [] } = result;
  const { tone } = outcomes[outcome];
  const isBad = tone === 'bad';
  return {
    title: titleOf(result, number),
    word: { lead: outcomeText(result), tone, text: '' },
    overview: { Duration: durationMs === undefined ? '–' : humanMs(durationMs), State: state },
    sql,
    change: sql,
    alarms: isBad ? rowsOf({ Failed: reason.text }) : [],
    rows: rowsOf({
      Reason: isBad ? undefined : reason.text,
      State: state,
      Duration: measuresText(result),
      Blockers: blockers.map(blockerText),
      Killed: ended.map(blockerText),
      'Old table': oldTable && `${oldTable} is kept`,
      Replicas: replicaLines(replicas),
      'Left behind': left.length === 0 ? undefined : left.join(', '),
      Next: next,
    }),
  };
}

function measuresText(result: StatementResult): string | undefined {
  const { strategy, durationMs, attempts, rowsCopied, rowsChanged, writerStallMs, totalStallMs } = result;
  if (durationMs === undefined) return undefined;
  const inTotal = totalStallMs === undefined ? '' : `, ${humanMs(totalStallMs)} in total`;
  return [
    `${humanMs(durationMs)} with ${strategy}`,
    attempts !== undefined && attempts > 1 && counted(attempts, 'attempt'),
    rowsCopied !== undefined && `${counted(rowsCopied, 'row')} copied`,
    rowsChanged !== undefined && `${counted(rowsChanged, 'row')} changed`,
    writerStallMs !== undefined && `writes were blocked for at most ${humanMs(writerStallMs)}${inTotal}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** The replicas that have the change on one line, each of the others on a line of its own. */
function replicaLines(replicas: readonly ReplicaState[]): string[] {
  const same = replicas.filter(({ schema }) => schema === 'same').map(addressOf);
  const others = replicas.filter(({ schema }) => schema !== 'same');
  return [...(same.length === 0 ? [] : [`the change is on ${same.join(', ')}`]), ...others.map(replicaText)];
}

/** `db2:3306: the change has not arrived: its replication is stopped`. */
function replicaText({ schema, detail = '', ...address }: ReplicaState): string {
  const why = detail === '' ? '' : `: ${detail.replace(/\.$/, '')}`;
  return `${addressOf(address)}: ${replicaWords[schema]}${why}`;
}

const replicaWords: Readonly<Record<ReplicaState['schema'], string>> = {
  same: 'the change is there',
  different: 'the table differs',
  behind: 'the change has not arrived',
  unreachable: 'could not be checked',
};

import type { GateId } from '../cut-over/gate.js';
import type { OutcomeName, ReplicaState, RunResult, StatementResult } from '../documents/result.js';
import { addressOf } from '../inspect/topology.js';
import { blockerText } from '../text/blockers.js';
import { counted, humanMs } from '../text/human.js';
import { subjectOf } from '../text/labels.js';
import { alarmsOf, type Line, type Row, rowOf, type StatementView, type Tone, type View } from './view.js';

/** What a result says, worded once for text, Markdown and HTML. */
export function resultView({ run, plan, statements: results }: RunResult): View {
  const many = results.length > 1;
  const statements = results.map((result, i) => statementView(result, many ? i + 1 : undefined));
  const failed = results.find(({ outcome }) => toneOf(outcome) === 'bad');
  const stopped = results.find(({ outcome }) => toneOf(outcome) === 'caution');
  return {
    heading: `Run ${run} of plan ${plan}`,
    verdict: verdictOf(failed ?? stopped ?? results.find(({ outcome }) => outcome === 'done') ?? results[0]),
    alarms: alarmsOf(statements, ['Failed']),
    review: [],
    statements,
    wordLabel: 'Ended',
    offers: [],
    next: [],
  };
}

const words: Readonly<Record<OutcomeName, { text: string; tone: Tone }>> = {
  done: { text: 'done', tone: 'good' },
  nothing: { text: 'nothing to do', tone: 'good' },
  refused: { text: 'refused', tone: 'bad' },
  'lock-timeout': { text: 'the lock was not obtained', tone: 'bad' },
  aborted: { text: 'aborted', tone: 'caution' },
  failed: { text: 'failed', tone: 'bad' },
  'verification-failed': { text: 'verification failed', tone: 'bad' },
  unknown: { text: 'not known', tone: 'bad' },
  'not-started': { text: 'not started', tone: 'caution' },
};

/** The outcome in words: `the lock was not obtained`. */
export function outcomeText({ outcome, reason }: Pick<StatementResult, 'outcome' | 'reason'>): string {
  // Where the clock, a command or a person did not let the swap begin, no lock was asked for.
  const noLock = outcome === 'lock-timeout' && gateIds.has(reason.id);
  return noLock ? 'not swapped in time' : words[outcome].text;
}

const gateIds = new Set<string>([
  'cut-over-manual',
  'cut-over-window',
  'cut-over-gate',
  'cut-over-paused',
  'cut-over-lag',
] satisfies GateId[]);

function toneOf(outcome: OutcomeName): Tone {
  return words[outcome].tone;
}

function verdictOf(result: StatementResult | undefined): Line {
  if (result === undefined) return { lead: 'Nothing to do', tone: 'good', text: '' };
  const text = outcomeText(result);
  return { lead: text.charAt(0).toUpperCase() + text.slice(1), tone: toneOf(result.outcome), text: '' };
}

function statementView(result: StatementResult, number?: number): StatementView {
  const {
    sql,
    outcome,
    reason,
    state,
    next,
    oldTable,
    left = [],
    blockers = [],
    ended = [],
    replicas = [],
    durationMs,
  } = result;
  const tone = toneOf(outcome);
  return {
    title: `${number === undefined ? '' : `${number}. `}${subjectOf(result)}`,
    word: { lead: outcomeText(result), tone, text: '' },
    overview: [
      { label: 'Took', text: durationMs === undefined ? '–' : humanMs(durationMs) },
      { label: 'State', text: state },
    ],
    sql,
    alarms: tone === 'bad' ? rowOf('Failed', reason.text) : [],
    rows: [
      { label: 'Change', lines: [{ text: sql }], code: true },
      ...rowOf('Reason', reason.text),
      ...rowOf('State', state),
      ...rowOf('Took', measures(result)),
      ...rowOf('Blockers', ...blockers.map(blockerText)),
      ...rowOf('Ended', ...ended.map(blockerText)),
      ...rowOf('Old table', oldTable === undefined ? undefined : `${oldTable} is kept`),
      ...rowOf('Replicas', ...replicaLines(replicas)),
      ...leftRows(left),
      ...rowOf('Next', next),
    ],
  };
}

function leftRows(left: readonly string[]): Row[] {
  return left.length === 0 ? [] : rowOf('Left', left.join(', '));
}

function measures(result: StatementResult): string | undefined {
  const { strategy, durationMs, attempts, rowsCopied, rowsChanged, writerStallMs, totalStallMs } = result;
  if (durationMs === undefined) return undefined;
  const inAll = totalStallMs === undefined ? '' : `, ${humanMs(totalStallMs)} in all`;
  const parts = [
    `${humanMs(durationMs)} by ${strategy}`,
    attempts !== undefined && attempts > 1 && counted(attempts, 'attempt'),
    rowsCopied !== undefined && `${counted(rowsCopied, 'row')} copied`,
    rowsChanged !== undefined && `${counted(rowsChanged, 'row')} changed`,
    writerStallMs !== undefined && `writers stood still for at most ${humanMs(writerStallMs)}${inAll}`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** What became of a change on the replicas: those that have it together, any other on a line of its own. */
function replicaLines(replicas: readonly ReplicaState[]): string[] {
  const same = replicas.filter(({ schema }) => schema === 'same').map(addressOf);
  const others = replicas.filter(({ schema }) => schema !== 'same');
  return [...(same.length === 0 ? [] : [`The same table on ${same.join(', ')}`]), ...others.map(line)];
}

/** `db2:3306: the change has not arrived: its replication stands still`. */
function line({ schema, detail = '', ...place }: ReplicaState): string {
  const why = detail === '' ? '' : `: ${detail.replace(/\.$/, '')}`;
  return `${addressOf(place)}: ${replicaWords[schema]}${why}`;
}

const replicaWords: Readonly<Record<ReplicaState['schema'], string>> = {
  same: 'the same table',
  different: 'the table is another',
  behind: 'the change has not arrived',
  unreachable: 'could not be looked at',
};

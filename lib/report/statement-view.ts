import type {
  Check,
  Compatibility,
  Estimate,
  PlannedStatement,
  StrategyName,
  Verdict,
} from '../documents/plan.js';
import { tableLabel } from '../sql/names.js';
import { writesRows } from '../sql/statement.js';
import {
  counted,
  humanBytes,
  humanCount,
  humanMs,
  humanRange,
  oneLine,
  rowCountText,
} from '../text/human.js';
import { subjectOf } from '../text/labels.js';
import { type Line, type Row, rowOf, type StatementView, type Tone } from './view.js';

/** @param number of the statement, if there are several */
export function statementView(statement: PlannedStatement, number?: number): StatementView {
  const { sql, strategy, sentence, checks } = statement;
  const alter = statement.kind === 'alter' ? statement : undefined;
  return {
    title: `${number === undefined ? '' : `${number}. `}${subjectOf(statement)}`,
    word: { lead: strategyWords[strategy] ?? strategy, tone: tones[strategy], text: '' },
    overview: [
      { label: 'Duration', text: durationText(statement) },
      { label: 'Deployed app', text: deployedAppText(statement) },
    ],
    sql,
    alarms: alarmRows(statement),
    ...(strategy !== 'refuse' && { summary: sentence }),
    rows: [
      { label: 'Change', lines: [{ text: alter?.spec || sql }], code: true },
      ...rowOf('Affects', affectsText(statement)),
      ...sizeRows(statement),
      ...methodRows(statement),
      ...costRows(statement),
      ...rowOf('Not chosen', ...statement.rejected.map(rejectedText)),
      ...applicationRows(alter?.compatibility),
      ...checkRows(checks),
    ],
  };
}

const strategyWords: Partial<Record<StrategyName, string>> = { nothing: 'nothing to do', refuse: 'refused' };

const tones: Readonly<Record<StrategyName, Tone>> = {
  nothing: 'good',
  instant: 'good',
  inplace: 'good',
  copy: 'caution',
  'gh-ost': 'info',
  plain: 'info',
  refuse: 'bad',
};

function durationText({ strategy, estimate: { durationMs } }: PlannedStatement): string {
  if (strategy === 'nothing' || strategy === 'refuse') return '–';
  return durationMs === undefined ? 'unknown' : humanRange(durationMs);
}

/** Whether the application that is deployed now works on the new schema. */
function deployedAppText(statement: PlannedStatement): string {
  if (statement.strategy === 'nothing') return deployedWords.yes;
  if (statement.kind === 'alter') {
    const works = statement.compatibility?.previousOnNew.works;
    return works === undefined ? 'unknown' : deployedWords[works];
  }
  return ['DROP TABLE', 'RENAME TABLE'].includes(statement.verb) ? deployedWords.no : '–';
}

/** A second table, or the new name of one: the first is in the title. */
function affectsText(statement: PlannedStatement): string | undefined {
  if (statement.kind === 'alter' || statement.touches.length < 2) return undefined;
  return statement.touches.map(tableLabel).join(', ');
}

/** How large the table is, or how many rows a plain statement reads. */
function sizeRows(statement: PlannedStatement): Row[] {
  const { kind, estimate } = statement;
  const rows = rowCountText(estimate);
  if (kind !== 'alter') {
    return rowOf('Rows', rows && writesRows(statement.verb) ? `the server examines ${rows}` : rows);
  }
  const { dataBytes, indexBytes, writesPerSecond } = estimate;
  const bytes = (size: number | undefined) => (size === undefined ? 'unknown' : humanBytes(size));
  const writes = writesPerSecond === undefined ? '' : `, ${perSecond(writesPerSecond)} changed per second`;
  return rowOf(
    'Size',
    `${rows ?? 'rows unknown'}, data ${bytes(dataBytes)}, indexes ${bytes(indexBytes)}${writes}`,
  );
}

function perSecond(rate: number): string {
  return rate > 0 && rate < 1 ? 'less than 1 row' : counted(rate, 'row');
}

/** Why this method; the reasons of a refusal are among the alarms. */
function methodRows(statement: PlannedStatement): Row[] {
  const { strategy, reasons } = statement;
  if (strategy === 'refuse') return [];
  const clause = statement.kind === 'alter' && statement.clause ? ` (${statement.clause})` : '';
  const [first, ...rest] = reasons;
  const method: Line = {
    lead: strategy,
    tone: tones[strategy],
    text: `${clause}${first ? `: ${first.text}` : ''}`,
  };
  return rowOf('Method', method, ...rest.map(({ text }) => text));
}

function rejectedText({ strategy, reason, durationMs }: PlannedStatement['rejected'][number]): string {
  return `${strategy}${durationMs === undefined ? '' : ` (${humanRange(durationMs)})`}: ${reason.text}`;
}

/** How long it takes, what it locks, and how replicas fare; nothing if no statement runs. */
function costRows(statement: PlannedStatement): Row[] {
  const { kind, strategy, estimate } = statement;
  if (strategy === 'nothing' || strategy === 'refuse') return [];
  const { durationMs, replicaDelayMs } = estimate;
  const lags = replicaDelayMs !== undefined && replicaDelayMs.high >= 1000;
  return [
    ...rowOf('Duration', kind === 'alter' || durationMs ? costText(estimate) : undefined),
    ...rowOf('Locks', lockText(statement)),
    ...rowOf('Cut-over', cutOverText(statement)),
    ...rowOf('Replicas', lags ? `lag by ${humanRange(replicaDelayMs)}` : undefined),
  ];
}

function costText(estimate: Estimate): string {
  const { durationMs, diskBytes, binlogBytes } = estimate;
  const source = sourceText(estimate);
  const disk = diskBytes === undefined ? '' : `, disk ${humanBytes(diskBytes)}`;
  const binlog = binlogBytes === undefined ? '' : `, binary log ${humanBytes(binlogBytes)}`;
  const duration = durationMs === undefined ? 'unknown' : humanRange(durationMs);
  return `${duration}${source === '' ? '' : ` (${source})`}${disk}${binlog}`;
}

/** What the forecast is based on; it does not matter for what takes no time. */
function sourceText({ durationMs, rough, sampledRows, corrected }: Estimate): string {
  if (durationMs === undefined || durationMs.high < 1000) return '';
  const parts = [
    sampledRows !== undefined && `measured on a sample of ${counted(sampledRows, 'row')}`,
    corrected !== undefined &&
      `scaled by ${corrected.factor.toFixed(2)} from ${counted(corrected.runs, 'earlier run')} on this server`,
  ].filter(Boolean);
  return parts.length === 0 && rough ? 'a rough estimate, not measured' : parts.join(', ');
}

const locks: Readonly<Record<StrategyName, string>> = {
  nothing: 'nothing',
  instant: 'the whole table, for a moment',
  inplace: 'the whole table, for a moment at the start and at the end; reads and writes continue in between',
  copy: 'writes, for the whole duration; reads continue',
  'gh-ost': 'nothing during the row copy; the whole table for a moment at the cut-over',
  plain: 'what the server locks for such a statement; lock waits are bounded',
  refuse: 'nothing',
};

function lockText({ strategy, class: cost, estimate: { writerStallMs } }: PlannedStatement): string {
  const isOnline = strategy === 'copy' && cost === 'online-copy';
  const stall = writerStallMs === undefined ? '' : `; writes wait for at most ${humanMs(writerStallMs)}`;
  return `${locks[isOnline ? 'inplace' : strategy]}${stall}`;
}

/** Absent if nothing was said about when: then it is as soon as the row copy is complete and nothing blocks the table. */
function cutOverText(statement: PlannedStatement): string | undefined {
  if (statement.kind !== 'alter' || statement.swap === undefined) return undefined;
  const { when, window, gate, waitMs, totalStallMs } = statement.swap;
  const gates = [
    window !== undefined && `in the window ${window}`,
    gate && 'once the --cut-over-gate command succeeds',
    when === 'manual' && 'when you run `alterwise cut-over`',
  ].filter(Boolean);
  if (gates.length === 0) return undefined;
  const wait = waitMs === undefined ? '' : `; waits at most ${humanMs(waitMs)} for that`;
  return `${gates.join(', ')}${wait}; all attempts together block writes for at most ${humanMs(totalStallMs)}`;
}

/** What has to be read before everything else: why it is refused, what is dangerous, which danger was accepted. */
function alarmRows({ strategy, reasons, checks }: PlannedStatement): Row[] {
  const dangers = checks.filter(({ level, accepted }) => level === 'danger' && !accepted);
  const accepted = rowOf('Accepted', ...checks.filter((check) => check.accepted).flatMap(alarmLines));
  if (strategy !== 'refuse') return [...rowOf('Danger', ...dangers.flatMap(alarmLines)), ...accepted];
  // A danger that refuses is the reason as well.
  const others = reasons.filter(
    ({ id, text }) => !dangers.some((check) => check.id === id && check.text === text),
  );
  return [
    ...rowOf('Refused', ...others.map(({ text }) => text), ...dangers.flatMap(alarmLines)),
    ...accepted,
  ];
}

/** What was found and is no danger; what could not be determined comes first. */
function checkRows(checks: readonly Check[]): Row[] {
  const found = (['unknown', 'warning'] as const).flatMap((level) =>
    checks.filter((check) => check.level === level).flatMap(checkLines),
  );
  const passed = checks.filter(({ level }) => level === 'ok').length;
  const rest: Line[] =
    passed === 0 ? [] : [{ lead: `${counted(passed, 'check')} passed`, tone: 'good', text: '' }];
  return rowOf('Checks', ...found, ...rest);
}

const levelTones: Readonly<Record<Check['level'], Tone>> = {
  danger: 'bad',
  unknown: 'caution',
  warning: 'caution',
  ok: 'good',
};

function checkLines(check: Check): Line[] {
  const { id, level, fix } = check;
  return [{ lead: level, tone: levelTones[level], text: `${id}: ${findingText(check)}` }, ...fixLines(fix)];
}

/** `nulls: Rows have no email (12), for example id=1`, and below it the fix and how to accept it. */
function alarmLines(check: Check): Line[] {
  const { id, level, fix, final, accepted } = check;
  const text = `${final ? ' (cannot be accepted)' : ''}: ${findingText(check)}`;
  const isOpen = !final && !accepted;
  return [
    { lead: id, tone: levelTones[level], text },
    ...fixLines(fix),
    ...(isOpen ? [{ text: `To run it anyway: --accept ${id}`, isDetail: true as const }] : []),
  ];
}

function findingText({ text, count, samples = [] }: Check): string {
  const isCounted = count === undefined || text.includes(humanCount(count));
  const examples = samples.slice(0, 5).map((sample) => oneLine(sampleText(sample), 40));
  const shown = examples.length === 0 ? '' : `, for example ${examples.join(', ')}`;
  return `${text.replace(/\.$/, '')}${isCounted ? '' : ` (${humanCount(count)})`}${shown}`;
}

function fixLines(fix: string | undefined): Line[] {
  return fix === undefined ? [] : [{ text: `Fix: ${fix}`, isDetail: true }];
}

function sampleText(sample: unknown): string {
  return typeof sample === 'string' ? sample : JSON.stringify(sample);
}

const deployedWords: Readonly<Record<Verdict['works'], string>> = {
  yes: 'keeps working',
  maybe: 'may fail',
  no: 'fails',
};
const newWords: typeof deployedWords = { yes: 'works', maybe: 'may fail', no: 'fails' };
const verdictTones: Readonly<Record<Verdict['works'], Tone>> = { yes: 'good', maybe: 'caution', no: 'bad' };

/** The JSON plan has them all. */
const mostReasons = 5;

/** What the change means for the application, and the steps that would make it safe. */
function applicationRows(compatibility: Compatibility | undefined): Row[] {
  if (compatibility === undefined) return [];
  const { previousOnNew: deployed, newOnPrevious: next, steps } = compatibility;
  const numbered = steps.length < 2 ? steps : steps.map((step, i) => `${i + 1}. ${step}`);
  return [
    ...rowOf('Deployed app', ...verdictLines(deployed, deployedWords, 'on the new schema')),
    ...rowOf(
      'New app',
      ...verdictLines(next, newWords, `${next.works === 'yes' ? 'even ' : ''}if deployed before this change`),
    ),
    // Two steps, such as a change and a deploy, fit on one line.
    ...rowOf('Rollout', ...(numbered.length === 2 ? [numbered.join(' ')] : numbered)),
  ];
}

function verdictLines({ works, reasons }: Verdict, words: typeof deployedWords, where: string): Line[] {
  const [first, ...rest] = reasons.slice(0, mostReasons);
  const more = reasons.length - mostReasons;
  return [
    { lead: words[works], tone: verdictTones[works], text: ` ${where}${first ? `: ${first.text}` : ''}` },
    ...rest.map(({ text }) => ({ text })),
    ...(more > 0 ? [{ text: `and ${more} more, listed in the JSON plan` }] : []),
  ];
}

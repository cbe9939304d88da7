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
import { type Line, type Row, rowsOf, type StatementView, type Tone, titleOf } from './view.js';

/** @param number of the statement, if there are several */
export function statementView(statement: PlannedStatement, number?: number): StatementView {
  const { sql, strategy, sentence, estimate, reasons, rejected, checks } = statement;
  const alter = statement.kind === 'alter' ? statement : undefined;
  const isSettled = strategy === 'nothing' || strategy === 'refuse';
  const { durationMs } = estimate;
  const duration = durationMs === undefined ? 'unknown' : humanRange(durationMs);
  const [first, ...more] = reasons.map(({ text }) => text);
  const clause = alter?.clause ? ` (${alter.clause})` : '';
  const method = { lead: strategy, tone: tones[strategy], text: `${clause}${first ? `: ${first}` : ''}` };
  return {
    title: titleOf(statement, number),
    word: { lead: strategyWords[strategy] ?? strategy, tone: tones[strategy], text: '' },
    overview: { Duration: isSettled ? '–' : duration, 'Deployed app': deployedAppText(statement) },
    sql,
    change: alter?.spec || sql,
    alarms: alarmRows(statement),
    ...(strategy !== 'refuse' && { summary: sentence }),
    rows: [
      ...rowsOf({
        Affects: affectsText(statement),
        [alter ? 'Size' : 'Rows']: sizeText(statement),
        // The reasons of a refusal are among the alarms.
        Method: strategy === 'refuse' ? [] : [method, ...more],
      }),
      ...(isSettled ? [] : costRows(statement, duration)),
      ...rowsOf({
        'Not chosen': rejected.map((way) => {
          const range = way.durationMs === undefined ? '' : ` (${humanRange(way.durationMs)})`;
          return `${way.strategy}${range}: ${way.reason.text}`;
        }),
        ...applicationLines(alter?.compatibility),
        Checks: checkLines(checks),
      }),
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
function sizeText(statement: PlannedStatement): string | undefined {
  const { dataBytes, indexBytes, writesPerSecond: rate } = statement.estimate;
  const rows = rowCountText(statement.estimate);
  if (statement.kind !== 'alter') {
    return rows && writesRows(statement.verb) ? `the server examines ${rows}` : rows;
  }
  const bytes = (size: number | undefined) => (size === undefined ? 'unknown' : humanBytes(size));
  const sizes = `${rows ?? 'rows unknown'}, data ${bytes(dataBytes)}, indexes ${bytes(indexBytes)}`;
  if (rate === undefined) return sizes;
  return `${sizes}, ${rate > 0 && rate < 1 ? 'less than 1 row' : counted(rate, 'row')} changed per second`;
}

/** How long it takes, what it locks, and how replicas fare. */
function costRows(statement: PlannedStatement, duration: string): Row[] {
  const { durationMs, diskBytes, binlogBytes, replicaDelayMs } = statement.estimate;
  const source = sourceText(statement.estimate);
  const cost = [
    `${duration}${source === '' ? '' : ` (${source})`}`,
    ...(diskBytes === undefined ? [] : [`disk ${humanBytes(diskBytes)}`]),
    ...(binlogBytes === undefined ? [] : [`binary log ${humanBytes(binlogBytes)}`]),
  ];
  const lags = replicaDelayMs !== undefined && replicaDelayMs.high >= 1000;
  return rowsOf({
    Duration: statement.kind === 'alter' || durationMs ? cost.join(', ') : undefined,
    Locks: lockText(statement),
    'Cut-over': cutOverText(statement),
    Replicas: lags ? `lag by ${humanRange(replicaDelayMs)}` : undefined,
  });
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

function lockText(statement: PlannedStatement): string {
  const { strategy, estimate } = statement;
  const { writerStallMs } = estimate;
  if (statement.kind === 'plain' && strategy === 'plain' && writesRows(statement.verb)) {
    return 'the rows that it reads or writes, until it has ended; lock waits are bounded';
  }
  const stall = writerStallMs === undefined ? '' : `; writes wait for at most ${humanMs(writerStallMs)}`;
  return `${locks[strategy]}${stall}`;
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
  // A danger that refuses is the reason as well.
  const others = reasons.filter(
    ({ id, text }) => !dangers.some((check) => check.id === id && check.text === text),
  );
  const isRefused = strategy === 'refuse';
  return rowsOf({
    [isRefused ? 'Refused' : 'Danger']: [
      ...(isRefused ? others.map(({ text }) => text) : []),
      ...dangers.flatMap(alarmLines),
    ],
    Accepted: checks.filter(({ accepted }) => accepted).flatMap(alarmLines),
  });
}

const levelTones: Readonly<Record<Check['level'], Tone>> = {
  danger: 'bad',
  unknown: 'caution',
  warning: 'caution',
  ok: 'good',
};

/** `nulls: Rows have no email (12), for example id=1`, and below it the fix and how to accept it. */
function alarmLines(check: Check): Line[] {
  const { id, level, final, accepted } = check;
  const text = `${final ? ' (cannot be accepted)' : ''}: ${findingText(check)}`;
  const isOpen = !final && !accepted;
  return [
    { lead: id, tone: levelTones[level], text },
    ...fixLines(check),
    ...(isOpen ? [{ text: `To run it anyway: --accept ${id}`, isDetail: true as const }] : []),
  ];
}

/** What was found and is no danger; what could not be determined comes first. */
function checkLines(checks: readonly Check[]): Line[] {
  const of = (wanted: Check['level']) => checks.filter(({ level }) => level === wanted);
  const passed = of('ok').length;
  return [
    ...[...of('unknown'), ...of('warning')].flatMap((check) => [
      { lead: check.level, tone: levelTones[check.level], text: `${check.id}: ${findingText(check)}` },
      ...fixLines(check),
    ]),
    ...(passed === 0
      ? []
      : [{ lead: `${counted(passed, 'check')} passed`, tone: 'good' as const, text: '' }]),
  ];
}

function findingText({ text, count, samples = [] }: Check): string {
  // One that the text names already.
  if (count === 1 && samples.every((sample) => typeof sample === 'string' && text.includes(sample)))
    return text;
  const isCounted = count === undefined || text.includes(humanCount(count));
  const examples = samples
    .slice(0, 5)
    .map((sample) => oneLine(typeof sample === 'string' ? sample : JSON.stringify(sample), 40));
  const shown = examples.length === 0 ? '' : `, for example ${examples.join(', ')}`;
  return `${text.replace(/\.$/, '')}${isCounted ? '' : ` (${humanCount(count)})`}${shown}`;
}

function fixLines({ fix }: Check): Line[] {
  return fix === undefined ? [] : [{ text: `Fix: ${fix}`, isDetail: true }];
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
function applicationLines(compatibility: Compatibility | undefined) {
  if (compatibility === undefined) return {};
  const { previousOnNew: deployed, newOnPrevious: next, steps } = compatibility;
  const numbered = steps.length < 2 ? steps : steps.map((step, i) => `${i + 1}. ${step}`);
  const even = next.works === 'yes' ? 'even ' : '';
  return {
    'Deployed app': verdictLines(deployed, deployedWords, 'on the new schema'),
    'New app': verdictLines(next, newWords, `${even}if deployed before this change`),
    // Two steps, such as a change and a deploy, fit on one line.
    Rollout: numbered.length === 2 ? numbered.join(' ') : numbered,
  };
}

function verdictLines({ works, reasons }: Verdict, words: typeof deployedWords, where: string) {
  const [first, ...rest] = reasons.slice(0, mostReasons).map(({ text }) => text);
  const more = reasons.length - mostReasons;
  return [
    { lead: words[works], tone: verdictTones[works], text: ` ${where}${first ? `: ${first}` : ''}` },
    ...rest,
    ...(more > 0 ? [`and ${more} more, listed in the JSON plan`] : []),
  ];
}

import type { Check, Compatibility, PlannedStatement, StrategyName, Verdict } from '../documents/plan.js';
import { tableLabel } from '../sql/names.js';
import { counted, humanCount, humanRange, oneLine } from '../text/human.js';
import { subjectOf } from '../text/labels.js';
import { costRows, sizeRows } from './cost-rows.js';
import { type Line, type Row, rowOf, type StatementView, type Tone } from './view.js';

/** @param number of the statement, where there are several */
export function statementView(statement: PlannedStatement, number?: number): StatementView {
  const { sql, strategy, sentence, checks } = statement;
  const alter = statement.kind === 'alter' ? statement : undefined;
  return {
    title: `${number === undefined ? '' : `${number}. `}${subjectOf(statement)}`,
    word: { lead: wordOf(statement), tone: tones[strategy], text: '' },
    overview: [
      { label: 'Takes', text: durationText(statement) },
      { label: 'Old app', text: applicationText(statement) },
    ],
    sql,
    alarms: alarmRows(statement),
    ...(strategy !== 'refuse' && { sentence }),
    rows: [
      { label: 'Change', lines: [{ text: alter?.spec || sql }], code: true },
      ...rowOf('Touches', touchesText(statement)),
      ...sizeRows(statement),
      ...wayRows(statement),
      ...costRows(statement),
      ...rejectedRows(statement),
      ...applicationRows(alter?.compatibility),
      ...checkRows(checks),
    ],
  };
}

const tones: Readonly<Record<StrategyName, Tone>> = {
  nothing: 'good',
  instant: 'good',
  inplace: 'good',
  copy: 'caution',
  'gh-ost': 'info',
  plain: 'info',
  refuse: 'bad',
};

function wordOf({ strategy }: PlannedStatement): string {
  if (strategy === 'refuse') return 'refused';
  return strategy === 'nothing' ? 'nothing to do' : strategy;
}

function durationText({ strategy, estimate: { durationMs } }: PlannedStatement): string {
  if (strategy === 'nothing' || strategy === 'refuse') return '–';
  return durationMs === undefined ? '?' : humanRange(durationMs);
}

/** Whether the application of now works on the new schema. */
function applicationText(statement: PlannedStatement): string {
  if (statement.strategy === 'nothing') return 'yes';
  if (statement.kind === 'alter') return statement.compatibility?.previousOnNew.works ?? '?';
  return ['DROP TABLE', 'RENAME TABLE'].includes(statement.verb) ? 'no' : '–';
}

/** A second table, or the new name of one: the first is in the title. */
function touchesText(statement: PlannedStatement): string | undefined {
  if (statement.kind === 'alter' || statement.touches.length < 2) return undefined;
  return statement.touches.map(tableLabel).join(', ');
}

/** Why this way; a refusal is among the alarms. */
function wayRows(statement: PlannedStatement): Row[] {
  const { strategy, reasons } = statement;
  if (strategy === 'refuse') return [];
  const clause = statement.kind === 'alter' ? statement.clause : undefined;
  const [first, ...rest] = reasons;
  const why = first ? `: ${first.text}` : '';
  const way: Line = { lead: strategy, tone: tones[strategy], text: `${clause ? ` (${clause})` : ''}${why}` };
  return rowOf('Way', way, ...rest.map(({ text }) => text));
}

function rejectedRows({ rejected }: PlannedStatement): Row[] {
  const lines = rejected.map(({ strategy, reason, durationMs }) => {
    const duration = durationMs === undefined ? '' : ` (${humanRange(durationMs)})`;
    return `${strategy}${duration}: ${reason.text}`;
  });
  return rowOf('Not', ...lines);
}

/** What has to be seen before everything else: why it is refused, what is dangerous, which danger was accepted. */
function alarmRows({ strategy, reasons, checks }: PlannedStatement): Row[] {
  const dangers = checks.filter(({ level, accepted }) => level === 'danger' && !accepted);
  const accepted = checks.filter((check) => check.accepted);
  const lines = dangers.map(withWayPast);
  if (strategy !== 'refuse')
    return [...rowOf('Danger', ...lines), ...rowOf('Accepted', ...accepted.map(checkLine))];
  // A danger that refuses is the reason as well.
  const others = reasons.filter(
    ({ id, text }) => !dangers.some((check) => check.id === id && check.text === text),
  );
  const why = others.map(({ text }): Line => ({ text }));
  return [...rowOf('Refused', ...why, ...lines), ...rowOf('Accepted', ...accepted.map(checkLine))];
}

function withWayPast(check: Check): Line {
  const line = checkLine(check);
  return check.final ? line : { ...line, text: `${line.text}; --accept ${check.id} lets it pass` };
}

const verdictTones: Readonly<Record<Verdict['works'], Tone>> = { yes: 'good', maybe: 'caution', no: 'bad' };

/** More reasons than these are in the JSON. */
const shown = 5;

/** What the change means for the application, and the steps that would make it safe. */
function applicationRows(compatibility: Compatibility | undefined): Row[] {
  if (compatibility === undefined) return [];
  const { previousOnNew, newOnPrevious, steps } = compatibility;
  return [
    ...rowOf('Old app', ...verdictLines(previousOnNew, 'on the new schema')),
    ...rowOf('New app', ...verdictLines(newOnPrevious, 'on the old schema')),
    ...rowOf('Steps', ...stepLines(steps)),
  ];
}

/** Two, such as a change and a deploy, are read at a glance. */
function stepLines(steps: readonly string[]): string[] {
  if (steps.length < 2) return [...steps];
  const numbered = steps.map((step, i) => `${i + 1}. ${step}`);
  return steps.length === 2 ? [numbered.join(' ')] : numbered;
}

function verdictLines({ works, reasons }: Verdict, where: string): Line[] {
  const [first, ...rest] = reasons.slice(0, shown);
  const more = reasons.length - shown;
  return [
    { lead: works, tone: verdictTones[works], text: `, ${where}${first ? `: ${first.text}` : ''}` },
    ...rest.map(({ text }) => ({ text })),
    ...(more > 0 ? [{ text: `and ${more} more, which the plan has as JSON` }] : []),
  ];
}

const levelTones: Readonly<Record<Check['level'], Tone>> = {
  danger: 'bad',
  unknown: 'caution',
  warning: 'caution',
  ok: 'good',
};

/** What was found that is no danger: what could not be known first. */
function checkRows(checks: readonly Check[]): Row[] {
  const found = (['unknown', 'warning'] as const).flatMap((level) =>
    checks.filter((check) => check.level === level).map(checkLine),
  );
  const fine = checks.filter(({ level }) => level === 'ok').length;
  const rest: Line[] =
    fine === 0 ? [] : [{ lead: `${counted(fine, 'check')} found nothing`, tone: 'good', text: '' }];
  return rowOf('Checks', ...found, ...rest);
}

/** `danger nulls: Rows have no email (12); for example id=1; to mend it: UPDATE …`. */
function checkLine({ id, level, text, count, samples, fix, final }: Check): Line {
  const said = count === undefined || text.includes(humanCount(count));
  const found = said ? '' : ` (${humanCount(count)})`;
  const examples = samples?.slice(0, 5).map((sample) => oneLine(sampleText(sample), 40)) ?? [];
  const such = examples.length === 0 ? '' : `; for example ${examples.join(', ')}`;
  const mend = fix === undefined ? '' : `; to mend it: ${fix.replace(/\.$/, '')}`;
  const what = `${id}${final ? ' (cannot be accepted)' : ''}: ${text.replace(/\.$/, '')}${found}`;
  return { lead: level, tone: levelTones[level], text: `${what}${such}${mend}`, brief: `${level} ${what}` };
}

function sampleText(sample: unknown): string {
  return typeof sample === 'string' ? sample : JSON.stringify(sample);
}

import { humanRange } from '../human.js';
import type { PlannedStatement, StrategyName } from '../plan.js';
import { subjectOf } from '../subject.js';
import { tableLabel } from '../table-label.js';
import { alarmRows } from './alarms.js';
import { applicationRows } from './application.js';
import { checkRows } from './checks.js';
import { costRows, sizeRows } from './cost.js';
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

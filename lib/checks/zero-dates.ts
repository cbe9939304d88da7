import type { Question } from '../rows/question.js';
import { quoteName, quoteTable } from '../sql/names.js';
import { counted } from '../text/human.js';
import { type ChangeFacts, columnPairs } from './check-facts.js';

/**
 * '0000-00-00', and dates without a month or day. A copy writes every row anew, and stops at the first of them, in
 * columns as well that the change does not touch, where the sql_mode forbids them as that of MySQL does (1292; manual,
 * "Server SQL Modes", NO_ZERO_DATE and NO_ZERO_IN_DATE). Measured on MySQL 5.7 to 9.7 and MariaDB 10.11; a rebuild in
 * place lets them pass.
 */
export function zeroDates(facts: ChangeFacts): Question[] {
  const { probe, table } = facts;
  if (probe.class !== 'copy' && probe.class !== 'online-copy') return [];
  const names = columnPairs(facts)
    .filter(({ before, after }) => isMoment(before.dataType) && isMoment(after.dataType) && !after.generated)
    .map(({ before }) => before.name);
  if (names.length === 0) return [];
  const offends = names.map((name) => `(${zero(quoteName(name))})`).join(' OR ');
  return [
    {
      kind: 'rows',
      offends,
      finding: {
        id: 'zero-date',
        level: 'danger',
        final: true,
        text: (count) =>
          `${counted(count, 'row')} with a zero date in ${names.join(' or ')}: the sql_mode forbids them, so a copy of the table stops there.`,
        fix: `Give them a date or NULL first: SELECT ${names.map(quoteName).join(', ')} FROM ${quoteTable(table.name)} WHERE ${offends}`,
        about: `whether ${names.join(' or ')} has zero dates, which the sql_mode forbids`,
      },
    },
  ];
}

const isMoment = (dataType: string) => ['date', 'datetime', 'timestamp'].includes(dataType);

/** Read as numbers: such a date as a literal would be refused too. */
function zero(column: string): string {
  const forbids = (mode: string) => `FIND_IN_SET('${mode}',@@SESSION.sql_mode) > 0`;
  const parts = `MONTH(${column}) = 0 OR DAYOFMONTH(${column}) = 0`;
  return `${forbids('NO_ZERO_DATE')} AND ${column}+0 = 0 OR ${forbids('NO_ZERO_IN_DATE')} AND ${column}+0 <> 0 AND (${parts})`;
}

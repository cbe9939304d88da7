import { quoteName } from '../sql/names.js';
import { counted } from '../text/human.js';
import { columnPairs } from './shared/facts.js';
import type { Hazard } from './shared/hazard.js';

/**
 * '0000-00-00', and dates without a month or day. A copy writes every row again, and stops at the first of them, even in
 * columns that the change does not touch, if the sql_mode forbids them, as MySQL's default does (1292; manual, "Server SQL
 * Modes", NO_ZERO_DATE and NO_ZERO_IN_DATE). A rebuild in place lets them pass. Measured on MySQL 5.7 to 9.7 and MariaDB 10.11.
 */
export const zeroDate: Hazard = {
  id: 'zero-date',
  level: 'danger',
  final: true,
  inRows(facts) {
    if (facts.probe.class !== 'copy' && facts.probe.class !== 'online-copy') return [];
    const names = columnPairs(facts)
      .filter(({ before, after }) => hasDate(before.dataType) && hasDate(after.dataType) && !after.generated)
      .map(({ before }) => before.name);
    if (names.length === 0) return [];
    const label = names.join(' or ');
    return [
      {
        offends: names.map((name) => `(${isZero(quoteName(name))})`).join(' OR '),
        text: (count) =>
          `${counted(count, 'row')} with a zero date in ${label}: the sql_mode forbids them, so a copy of the table stops there.`,
        fix: 'Set them to a date or NULL first.',
        about: `whether ${label} has zero dates, which the sql_mode forbids`,
      },
    ];
  },
};

const hasDate = (dataType: string) => ['date', 'datetime', 'timestamp'].includes(dataType);

/** Read as numbers: such a date as a literal would be refused too. */
function isZero(column: string): string {
  const forbids = (mode: string) => `FIND_IN_SET('${mode}',@@SESSION.sql_mode) > 0`;
  const parts = `MONTH(${column}) = 0 OR DAYOFMONTH(${column}) = 0`;
  return `${forbids('NO_ZERO_DATE')} AND ${column}+0 = 0 OR ${forbids('NO_ZERO_IN_DATE')} AND ${column}+0 <> 0 AND (${parts})`;
}

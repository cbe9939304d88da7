import { nameOf } from '../../../sql/cursor.js';
import { lex } from '../../../sql/lexer.js';
import { counted } from '../../human.js';
import type { KeyQuestion } from '../question.js';
import { fromTable, nonNull } from './parts.js';
import { CutOff } from './reader.js';
import type { ScanContext } from './scan.js';
import { mostSamples, shown, type Tally } from './tally.js';
import { isOfTheQuestion } from './why.js';

/** GROUP BY is slow on a large table, and a sample is only a help. */
const limitMs = 15_000;

/** Some of the values that repeat, as `email=x (3 rows)`. Asked only where there are such. */
export async function sampleKeys(tally: Tally<KeyQuestion>, scan: ScanContext): Promise<void> {
  const { parts } = tally.question;
  if (tally.count === 0) return;
  const columns = parts.map((part, at) => `${part} AS k${at}`).join(', ');
  const places = parts.map((_, at) => at + 1).join(', ');
  try {
    const rows = await scan.reader.select<Record<string, unknown>>(
      `${columns}, COUNT(*) AS n FROM ${fromTable(scan.table)} WHERE ${nonNull(parts)} ` +
        `GROUP BY ${places} HAVING COUNT(*) > 1 ORDER BY COUNT(*) DESC, ${places} LIMIT ${mostSamples}`,
      limitMs,
    );
    const labels = parts.map((part) => labelOf(part, scan.shape.columns));
    tally.samples = rows.map((row) => {
      const values = labels.map((label, at) => `${label}=${shown(row[`k${at}`])}`);
      return `${values.join(', ')} (${counted(Number(row.n), 'row')})`;
    });
  } catch (error) {
    if (!(error instanceof CutOff) && !isOfTheQuestion(error)) throw error;
  }
}

/** The column of a part; of an expression over several, the expression. */
function labelOf(part: string, columns: readonly { name: string }[]): string {
  const named = new Set(lex(part).map((token) => nameOf(token)?.toLowerCase()));
  const found = columns.filter(({ name }) => named.has(name.toLowerCase()));
  const [only] = found;
  return only !== undefined && found.length === 1 ? only.name : shown(part);
}

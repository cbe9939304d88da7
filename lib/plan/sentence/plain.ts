import { oneLine } from '../human.js';
import type { PlannedPlain } from '../plan.js';
import { rowCountText } from '../row-count.js';
import { tableLabel } from '../table-label.js';

/** Of a statement of a migration that runs as it stands. */
export function plainSentence({ verb, touches, estimate, sql }: Omit<PlannedPlain, 'sentence'>): string {
  const names = touches.map((table) => oneLine(tableLabel(table)));
  const tables = names.length === 0 ? 'what its text names' : names.join(', ');
  const rows = rowCountText(estimate);
  const looks = `The server looks at ${rows ?? 'rows'} of ${tables}`;
  switch (verb) {
    case 'CREATE TABLE':
      return `${tables} is made, and nobody notices.`;
    case 'DROP TABLE':
      return `${tables} ${be(names)} dropped${rows === undefined ? '' : ` with ${rows}`} and locked for a moment; whoever still uses ${them(names)} gets errors.`;
    case 'TRUNCATE TABLE':
      return `Every row of ${tables} is deleted${rows === undefined ? '' : ` (${rows})`}; it is locked for a moment, and its readers find it empty.`;
    case 'RENAME TABLE':
      return `${renames(names)} in a moment; whoever uses an old name gets errors from then on.`;
    case 'INSERT':
    case 'REPLACE':
      return `Rows are written to ${tables} in one transaction; readers go on, and only writers of the same rows wait until it ends.`;
    case 'UPDATE':
      return `${looks}, and what it updates stays locked until it ends; readers go on, writers of these rows wait.`;
    case 'DELETE':
      return `${looks}, and what it deletes stays locked until it ends; readers go on, writers of these rows wait.`;
    case 'SET':
      return `A setting changes (${oneLine(sql, 60)}), and no table is locked.`;
    default:
      return `${oneLine(sql, 60).replace(/[.;]$/, '')} runs as it stands, with bounded waits for locks.`;
  }
}

/** First the old names, then the new ones. */
function renames(names: readonly string[]): string {
  const half = names.length / 2;
  const pairs = names.slice(0, half).map((name, i) => `${name} is called ${names[half + i] ?? '?'}`);
  return pairs.join(', ');
}

function be(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are';
}

function them(names: readonly string[]): string {
  return names.length === 1 ? 'it' : 'them';
}

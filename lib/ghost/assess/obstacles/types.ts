import type { Column } from '../../../inspect/shape.js';
import type { GhostFacts, Obstacle } from './obstacle.js';

/**
 * Types of which the copied rows come out right, and those that arrive through the binlog wrong (both measured with
 * gh-ost 1.1.10 and --panic-on-warnings, exit code 0): the binlog has a SET as a number, whose bits mean other
 * members in another list, and a TIMESTAMP in UTC, which a column of another type takes as it is.
 */
export function typeObstacles({ table, after, utc, statement }: GhostFacts): Obstacle[] {
  const found: Obstacle[] = [];
  const add = (id: string, text: string) =>
    found.push({ id: `ghost-${id}`, text, next: 'Use --strategy direct.', kind: 'danger' });
  for (const before of table.columns) {
    const now = targetOf(before, after?.columns ?? [], statement.renames);
    if (now === undefined || now.type === before.type) continue;
    if (before.dataType === 'set' && !onlyAppends(before, now)) {
      add(
        'set',
        `gh-ost writes a SET from the binlog as a number: rows changed meanwhile would have other members in ${now.name}.`,
      );
    }
    if (/zerofill/i.test(before.type) && isText(now)) {
      add(
        'zerofill',
        `gh-ost copies the number behind ${before.name}, and not its zeros: ${now.name} would have other texts than an ALTER gives it.`,
      );
    }
    if (before.dataType === 'timestamp' && now.dataType !== 'timestamp' && !utc) {
      add(
        'time-zone',
        `gh-ost writes a TIMESTAMP from the binlog in UTC, and the server is set to another time zone: rows changed meanwhile would have other times in ${now.name}.`,
      );
    }
  }
  return found;
}

function isText({ dataType }: Column): boolean {
  return /char|text/.test(dataType);
}

function targetOf(
  before: Column,
  after: readonly Column[],
  renames: GhostFacts['statement']['renames'],
): Column | undefined {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  const name = renames.find(({ from }) => same(from, before.name))?.to ?? before.name;
  return after.find((column) => same(column.name, name));
}

/** `set('a','b')` to `set('a','b','c')`: the bits that there are keep their meaning. */
function onlyAppends(before: Column, after: Column): boolean {
  return after.dataType === 'set' && after.type.startsWith(before.type.slice(0, -1));
}

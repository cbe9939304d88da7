import { fromTable } from '../../plan/checks/rows/parts.js';
import type { Reader } from '../../plan/checks/rows/reader.js';
import { shown } from '../../plan/checks/rows/tally.js';
import type { Place, Walk } from '../../plan/checks/rows/walk.js';
import type { Side } from './sides.js';

/** A row that was different when it was looked at: by its key, with what it held then. */
export interface Suspect {
  place: Place;
  content: string;
}

/** So many rows are asked for by one statement. */
const groupSize = 100;

/**
 * The rows of a part that differ at the moment of the statement. The condition stands in HAVING, for in WHERE the server
 * may make a join of it that reads the whole other table for each part (manual, "Optimizing Subqueries … with Semijoin
 * and Antijoin Transformations").
 */
export async function findSuspects(
  side: Side,
  row: Walk,
  from: string,
  most: number,
  reader: Reader,
  limitMs?: number,
): Promise<Suspect[]> {
  const keys = row.steps.map(({ sql }, at) => `${sql} AS k${at}`).join(', ');
  const rows = await reader.select<Record<string, unknown>>(
    `${keys}, ${side.content} AS content, ${side.suspicious} AS suspicious FROM ${from} HAVING suspicious LIMIT ${most}`,
    limitMs,
  );
  return rows.map((found) => ({
    place: row.steps.map((_, at) => found[`k${at}`]),
    content: String(found.content),
  }));
}

/** Looks at suspects again. @returns those that differ now, by `identityOf` */
export async function lookAgain(
  side: Side,
  row: Walk,
  suspects: readonly Suspect[],
  reader: Reader,
): Promise<Map<string, Suspect>> {
  const still = new Map<string, Suspect>();
  for (let at = 0; at < suspects.length; at += groupSize) {
    const group = suspects.slice(at, at + groupSize);
    const any = group.map(({ place }) => `(${rowAt(row, place)})`).join(' OR ');
    const from = `${fromTable(side.table, row.index)} WHERE (${any})`;
    for (const found of await findSuspects(side, row, from, groupSize, reader)) {
      still.set(identityOf(row, found), found);
    }
  }
  return still;
}

/** Two rows never have the same. */
export function identityOf({ steps }: Walk, { place }: Suspect): string {
  return steps.map(({ literal }, at) => literal(place[at])).join(',');
}

/** `id=5`: for people, and cut where it is long. */
export function keyOf({ steps }: Walk, { place }: Suspect): string {
  return steps.map(({ name }, at) => `${name}=${shown(place[at])}`).join(', ');
}

function rowAt({ steps }: Walk, place: Place): string {
  return steps.map(({ sql, literal }, at) => `${sql} = ${literal(place[at])}`).join(' AND ');
}

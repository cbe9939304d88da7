import { isServerError } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';
import type { TableName } from '../../plan/plan.js';
import { readRecord } from '../../runs/read-record.js';
import type { EngineRecord } from '../../runs/record.js';
import { quoteTable } from '../../sql/quote.js';
import { readLeftovers } from '../tables/leftovers.js';
import { isAtWork, readMarker } from '../tables/marker.js';
import { shadowTables } from '../tables/names.js';

/** The tables of a gh-ost whose run died: ours, by the mark on them and by the run's record. */
export interface EarlierCopy {
  run: string;
  engine: EngineRecord;
  /** By what its mark says: who holds the table's lock knows better. */
  isAtWork: boolean;
  /** Why gh-ost cannot go on from its last checkpoint; absent where it can. */
  lost?: string;
}

/**
 * What a run of ours has left of a copy of the table.
 * @returns undefined where nothing is there, or it is not provably ours
 */
export async function readEarlierCopy(
  session: Session,
  table: TableName,
  stateDir: string,
): Promise<EarlierCopy | undefined> {
  const marker = await readMarker(session, table);
  if (marker === undefined) return undefined;
  const engine = await engineOf(stateDir, marker.run, table);
  if (engine === undefined) return undefined;
  const lost = await whyLost(session, table);
  return { run: marker.run, engine, isAtWork: isAtWork(marker), ...(lost !== undefined && { lost }) };
}

async function engineOf(stateDir: string, run: string, table: TableName): Promise<EngineRecord | undefined> {
  const found = (await readRecord(stateDir, run))?.findLast(
    (line) => line.type === 'engine' && line.table.schema === table.schema && line.table.name === table.name,
  );
  if (found?.type !== 'engine') return undefined;
  const { version, spec, flags } = found;
  return { version, spec, flags };
}

/** gh-ost goes on from its last checkpoint, with what the binlog holds since: both must still be there. */
async function whyLost(session: Session, table: TableName): Promise<string | undefined> {
  const { ghost, checkpoint } = await readLeftovers(session, table);
  if (ghost === undefined) return 'the copy is gone';
  if (checkpoint === undefined) return 'it kept no checkpoints';
  const name = quoteTable({ schema: table.schema, name: shadowTables(table.name).checkpoint });
  try {
    const [last] = await session.rows<{ cutOver: number; kept: number }>(
      `SELECT gh_ost_is_cutover AS cutOver, GTID_SUBSET(@@GLOBAL.gtid_purged, gh_ost_chk_coords) AS kept
         FROM ${name} ORDER BY gh_ost_chk_id DESC LIMIT 1`,
    );
    if (last === undefined) return 'it died before its first checkpoint';
    if (last.cutOver) return 'it had swapped the tables';
    return last.kept ? undefined : 'the server has purged binlogs that it would need';
  } catch (error) {
    if (!isServerError(error)) throw error;
    return `its checkpoint cannot be read (${error.message})`;
  }
}

/** Why an earlier copy cannot be gone on with by this start; absent where it can. */
export function whyAnew({ engine, lost }: EarlierCopy, now: EngineRecord): string | undefined {
  if (lost !== undefined) return lost;
  if (engine.version !== now.version)
    return `it was made by gh-ost ${engine.version}, and this is ${now.version}`;
  if (engine.spec !== now.spec) return 'it was made for another change';
  if (engine.flags !== now.flags) return 'the table or the flags of gh-ost are not what they were';
  return undefined;
}

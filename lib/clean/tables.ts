import { setTimeout as sleep } from 'node:timers/promises';
import { isOldName, sentryComment } from '../engines/gh-ost/tables/leftovers.js';
import { isBusy } from '../engines/gh-ost/tables/lock.js';
import { isAtWork, readMarker } from '../engines/gh-ost/tables/marker.js';
import { shadowTables } from '../engines/gh-ost/tables/names.js';
import { readCutOverCoordinates } from '../engines/gh-ost/tables/revert-checkpoint.js';
import { dropsLargeTablesWithoutStall, readServerIdentity } from '../inspect/capabilities.js';
import type { Session } from '../mysql/session.js';
import type { KnownRun } from '../runs/list.js';
import { lineOf } from '../runs/record.js';
import { withRunLock } from '../runs/run-lock.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { quoteTable, type TableName, tableLabel } from '../sql/names.js';
import { present } from '../util/present.js';
import type { Found } from './found.js';

/**
 * Tables that gh-ost created or kept, and the run that provably owns them.
 * @param runs those that worked on this server
 */
export async function foundTables(
  session: Session,
  runs: readonly KnownRun[],
  connection: ConnectionSettings,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const candidate of await readCandidates(session)) {
    const known = await judge(session, candidate, runs);
    const { ageMs, bytes } = candidate;
    const leftover = {
      kind: 'table',
      name: tableLabel(candidate),
      ...present({ run: known?.run, ageMs, bytes }),
      what: known?.what ?? 'named like a table of gh-ost; no record here proves whose it is',
      verdict: known?.verdict ?? 'not-ours',
    } as const;
    if (known?.verdict !== 'removable') {
      found.push(leftover);
      continue;
    }
    // Earlier removals may take long: by now another run may hold the lock, or another table may have the name.
    const remove = () =>
      withRunLock(connection, known.table, async () => {
        const again = await judge(session, candidate, runs, true);
        if (again?.verdict !== 'removable')
          return stays('a run or a gh-ost is using it now, or its proof is gone');
        // Last, because a cut-over turns a sentry into the old table: the same name, with all rows.
        if (!(await isUnchanged(session, candidate)))
          return stays('its comment or creation time differs from what was listed');
        await dropTable(session, candidate);
        return undefined;
      });
    found.push({ ...leftover, remove });
  }
  return found;
}

function stays(why: string): string {
  return `${why}; it was kept: alterwise clean lists what it is now`;
}

interface Known extends Pick<Found, 'what' | 'verdict'> {
  run: string;
  /** The table to which it belongs. */
  table: TableName;
}

/** @param isLocked the caller holds the table's lock */
async function judge(
  session: Session,
  candidate: Candidate,
  runs: readonly KnownRun[],
  isLocked = false,
): Promise<Known | undefined> {
  for (const as of [asKept, asShadow, asCheckpoints]) {
    for (const run of runs) {
      const known = await as(session, candidate, run);
      if (known === undefined) continue;
      return (await isBusy(session, known.table, isLocked)) ? { ...known, verdict: 'in-use' } : known;
    }
  }
  return undefined;
}

/** An old table that was kept after a cut-over: recognized by its name, which contains a time, and its creation time. */
async function asKept(
  _: Session,
  candidate: Candidate,
  { run, lines }: KnownRun,
): Promise<Known | undefined> {
  for (const line of lines) {
    if (line.type !== 'swapped') continue;
    const { index, table, oldTable, createdAt, keepUntil } = line;
    if (oldTable.schema !== candidate.schema || oldTable.name !== candidate.name) continue;
    if (createdAt === undefined || createdAt !== candidate.createdAt) continue;
    // Unless every row is proved to be in the new table, the old one may be the only one that has it.
    const isProved = lineOf(lines, 'end', index)?.outcome === 'done';
    const until = isProved
      ? `kept until ${keepUntil.slice(0, 16).replace('T', ' ')}Z`
      : 'kept because its cut-over was not verified: check it, then drop it yourself';
    const isDue = isProved && Date.parse(keepUntil) <= Date.now();
    const what = `the old table of ${tableLabel(table)}, ${until}`;
    return { run, table, what, verdict: isDue ? 'removable' : 'kept' };
  }
  return undefined;
}

/** A shadow table, changelog, checkpoint table or sentry of a dead run. */
async function asShadow(
  session: Session,
  candidate: Candidate,
  { run, lines, state }: KnownRun,
): Promise<Known | undefined> {
  const line = lines.find((each) => each.type === 'engine' && belongs(candidate, each.table));
  if (line?.type !== 'engine') return undefined;
  const { table } = line;
  const isSentry = candidate.comment === sentryComment;
  // A sentry is recognized by gh-ost's comment, and empty; the others by the mark of the run.
  const marker = isSentry ? undefined : await readMarker(session, table);
  if (!isSentry && marker?.run !== run) return undefined;
  const lives = state === 'running' || (state === 'elsewhere' && (marker === undefined || isAtWork(marker)));
  const canResume = state === 'interrupted' && !isSentry;
  const resumable = canResume ? `; alterwise run --resume ${run.slice(0, 8)} resumes it` : '';
  const what = `left by a row copy of ${tableLabel(table)}${resumable}`;
  return { run, table, what, verdict: lives ? 'in-use' : 'removable' };
}

/**
 * The checkpoint table of a run that died after its cut-over. The changelog with its mark is gone by then; the GTID set
 * of the cut-over, in the table and in the record, proves whose it is.
 */
async function asCheckpoints(
  session: Session,
  { schema, name }: Candidate,
  { run, state, lines }: KnownRun,
): Promise<Known | undefined> {
  for (const line of lines) {
    if (line.type !== 'swapped' || line.coordinates === undefined || line.table.schema !== schema) continue;
    const { table, coordinates } = line;
    if (shadowTables(table.name).checkpoint !== name) continue;
    if ((await readCutOverCoordinates(session, table)) !== coordinates) continue;
    const what = `the checkpoint table of a row copy of ${tableLabel(table)}`;
    return { run, table, what, verdict: state === 'running' ? 'in-use' : 'removable' };
  }
  return undefined;
}

function belongs({ schema, name, comment }: Candidate, table: TableName): boolean {
  if (schema !== table.schema) return false;
  const { ghost, changelog, checkpoint } = shadowTables(table.name);
  const isSentry = comment === sentryComment && isOldName(name, table.name);
  return isSentry || [ghost, changelog, checkpoint].includes(name);
}

/** A table that is named like one of gh-ost's. */
interface Candidate extends TableName {
  comment: string;
  createdAt?: string;
  ageMs?: number;
  bytes?: number;
}

/** The changelogs last: their marks prove whose the others are. @param only the one table to look at */
async function readCandidates(session: Session, only?: TableName): Promise<Candidate[]> {
  const rows = await session.rows<{
    schema: string;
    name: string;
    comment: string;
    createdAt: string | null;
    ageSeconds: number | null;
    bytes: number | null;
  }>(
    `SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS name, TABLE_COMMENT AS comment,
            CAST(CREATE_TIME AS CHAR) AS createdAt, TIMESTAMPDIFF(SECOND, CREATE_TIME, NOW()) AS ageSeconds,
            DATA_LENGTH + INDEX_LENGTH AS bytes
       FROM information_schema.TABLES
      WHERE TABLE_TYPE='BASE TABLE' AND TABLE_NAME NOT LIKE '%\\_alterwise\\_%'
        AND (TABLE_NAME LIKE '\\_%\\_gho' OR TABLE_NAME LIKE '\\_%\\_ghk' OR TABLE_NAME LIKE '\\_%\\_ghc'
             OR TABLE_NAME LIKE '\\_%\\_del')
        ${only === undefined ? '' : 'AND TABLE_SCHEMA=? AND TABLE_NAME=?'}
      ORDER BY TABLE_SCHEMA, TABLE_NAME LIKE '\\_%\\_ghc', TABLE_NAME`,
    only && [only.schema, only.name],
  );
  return rows.map(({ ageSeconds, bytes, ...row }) =>
    present({
      ...row,
      ageMs: ageSeconds === null ? undefined : Number(ageSeconds) * 1_000,
      bytes: bytes === null ? undefined : Number(bytes),
    }),
  );
}

/** Whether it is still the same table; that cannot be determined without a creation time. */
async function isUnchanged(session: Session, listed: Candidate): Promise<boolean> {
  const [now] = await readCandidates(session, listed);
  const isSame = now?.comment === listed.comment && now.createdAt === listed.createdAt;
  return listed.createdAt !== undefined && isSame;
}

/** On servers whose DROP TABLE searches the buffer pool under a lock (MySQL bug 98869): a larger table would stall them. */
const stallsAboveBytes = 1_000_000_000;
const rowsAtOnce = 5_000;
const pauseMs = 50;

/**
 * Drops a table. On servers that would stall, a large one is first emptied in pieces.
 * @throws the server's error; the next call continues where this one stopped
 */
async function dropTable(session: Session, table: Candidate): Promise<void> {
  const isLarge = (table.bytes ?? 0) > stallsAboveBytes;
  if (isLarge && !dropsLargeTablesWithoutStall(await readServerIdentity(session))) {
    for (;;) {
      const { affectedRows } = await session.execute(`DELETE FROM ${quoteTable(table)} LIMIT ${rowsAtOnce}`);
      if (affectedRows === 0) break;
      await sleep(pauseMs);
    }
  }
  await session.execute(`DROP TABLE IF EXISTS ${quoteTable(table)}`);
}

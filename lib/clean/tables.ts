import { setTimeout as sleep } from 'node:timers/promises';
import { isOldName, sentryComment } from '../engines/gh-ost/tables/leftovers.js';
import { isAtWork, readMarker } from '../engines/gh-ost/tables/marker.js';
import { shadowTables } from '../engines/gh-ost/tables/names.js';
import { readSwapCoordinates } from '../engines/gh-ost/tables/old-table.js';
import { isBusy } from '../engines/gh-ost/tables/unrecorded-swap.js';
import { dropsLargeTablesWithoutStall, readServerIdentity } from '../inspect/capabilities.js';
import type { Session } from '../mysql/session.js';
import type { KnownRun } from '../runs/list.js';
import { type KeptTable, lineOf } from '../runs/record.js';
import { withRunLock } from '../runs/run-lock.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { quoteTable, type TableName, tableLabel } from '../sql/names.js';
import type { Found, Leftover } from './leftover.js';

/**
 * Tables on the server that gh-ost made or kept, and what proves whose they are.
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
    const leftover: Leftover = {
      kind: 'table',
      name: tableLabel(candidate),
      ...(known && { run: known.run }),
      ...(candidate.ageSeconds !== undefined && { ageMs: candidate.ageSeconds * 1_000 }),
      ...(candidate.bytes !== undefined && { bytes: candidate.bytes }),
      what: known?.what ?? 'called as gh-ost calls its tables; no record here says whose it is',
      verdict: known?.verdict ?? 'not-ours',
    };
    if (known?.verdict !== 'removable') {
      found.push({ leftover });
      continue;
    }
    // What comes before it may last: a run that has begun since holds the lock, and another table may be there.
    const remove = () =>
      withRunLock(connection, known.table, async () => {
        const again = await judge(session, candidate, runs, true);
        if (again?.verdict !== 'removable')
          throw stays('a run or a gh-ost is at work on it by now, or its proof is gone');
        // Last, since a swap makes an original of a sentry: the same name, and all the rows in it.
        if (!(await isUnchanged(session, candidate)))
          throw stays('its comment or the time of its creation is not what was listed');
        await dropTable(session, candidate, candidate.bytes);
      });
    found.push({ leftover, remove });
  }
  return found;
}

function stays(why: string): Error {
  const text = `${why}; it stays as it is: alterwise clean says what it is now`;
  return Object.assign(new Error(text), { code: 'changed' });
}

/** @param isLocked the table's lock is held by whoever asks */
async function judge(
  session: Session,
  candidate: Candidate,
  runs: readonly KnownRun[],
  isLocked = false,
): Promise<Known | undefined> {
  const known =
    asKept(candidate, runs) ??
    (await asShadow(session, candidate, runs)) ??
    (await asCheckpoints(session, candidate, runs));
  if (known === undefined || !(await isBusy(session, known.table, isLocked))) return known;
  return { ...known, verdict: 'in-use' };
}

interface Known {
  run: string;
  /** The table that it belongs to. */
  table: TableName;
  what: string;
  verdict: Leftover['verdict'];
}

/** An original that was kept after a swap: by its name, which holds a time, and by when it was created. */
function asKept(candidate: Candidate, runs: readonly KnownRun[]): Known | undefined {
  for (const { run, lines } of runs) {
    for (const line of lines) {
      if (line.type !== 'swapped' || !isSame(line, candidate)) continue;
      const { index, table, keepUntil } = line;
      // Where it is not proved that every row got into the copy, the original may be the only one that has it.
      const isProved = lineOf(lines, 'end', index)?.outcome === 'done';
      const until = isProved
        ? `kept until ${keepUntil.slice(0, 16).replace('T', ' ')}Z`
        : 'kept, since its swap was not proved: drop it yourself when you have looked';
      const isDue = isProved && Date.parse(keepUntil) <= Date.now();
      const what = `the original of ${tableLabel(table)}, ${until}`;
      return { run, table, what, verdict: isDue ? 'removable' : 'kept' };
    }
  }
  return undefined;
}

function isSame({ oldTable, createdAt }: KeptTable, candidate: Candidate): boolean {
  const isNamedSo = oldTable.schema === candidate.schema && oldTable.name === candidate.name;
  return isNamedSo && createdAt !== undefined && createdAt === candidate.createdAt;
}

/** A copy, a changelog, checkpoints or a sentry of a run that is dead. */
async function asShadow(
  session: Session,
  candidate: Candidate,
  runs: readonly KnownRun[],
): Promise<Known | undefined> {
  for (const { run, lines, state } of runs) {
    const line = lines.find((each) => each.type === 'engine' && belongs(candidate, each.table));
    if (line?.type !== 'engine') continue;
    const { table } = line;
    const isSentry = candidate.comment === sentryComment;
    // A sentry is gh-ost's by its comment, and empty; its siblings are this run's by the mark that it left on them.
    const marker = isSentry ? undefined : await readMarker(session, table);
    if (!isSentry && marker?.run !== run) continue;
    const lives =
      state === 'running' || (state === 'elsewhere' && (marker === undefined || isAtWork(marker)));
    const goesOn =
      state === 'interrupted' && !isSentry
        ? `; alterwise run --resume ${run.slice(0, 8)} goes on with it`
        : '';
    return {
      run,
      table,
      what: `left by a copy of ${tableLabel(table)}${goesOn}`,
      verdict: lives ? 'in-use' : 'removable',
    };
  }
  return undefined;
}

/**
 * The checkpoints of a run that died behind its swap. gh-ost drops the changelog and its mark with it; then the GTID set
 * of the swap, which stands in them and in the record, proves whose they are.
 */
async function asCheckpoints(
  session: Session,
  { schema, name }: Candidate,
  runs: readonly KnownRun[],
): Promise<Known | undefined> {
  for (const { run, state, lines } of runs) {
    for (const line of lines) {
      if (line.type !== 'swapped' || line.coordinates === undefined || line.table.schema !== schema) continue;
      const { table, coordinates } = line;
      if (shadowTables(table.name).checkpoint !== name) continue;
      if ((await readSwapCoordinates(session, table)) !== coordinates) continue;
      const what = `checkpoints of the copy of ${tableLabel(table)}`;
      return { run, table, what, verdict: state === 'running' ? 'in-use' : 'removable' };
    }
  }
  return undefined;
}

function belongs({ schema, name, comment }: Candidate, table: TableName): boolean {
  if (schema !== table.schema) return false;
  const { ghost, changelog, checkpoint } = shadowTables(table.name);
  const isSentry = comment === sentryComment && isOldName(name, table.name);
  return isSentry || [ghost, changelog, checkpoint].includes(name);
}

/** A table whose name gh-ost might have given. */
interface Candidate extends TableName {
  comment: string;
  createdAt?: string;
  ageSeconds?: number;
  bytes?: number;
}

/** Where the marks are, last: they prove whose the others are. */
async function readCandidates(session: Session): Promise<Candidate[]> {
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
      ORDER BY TABLE_SCHEMA, TABLE_NAME LIKE '\\_%\\_ghc', TABLE_NAME`,
  );
  return rows.map(({ schema, name, comment, createdAt, ageSeconds, bytes }) => ({
    schema,
    name,
    comment,
    ...(createdAt !== null && { createdAt }),
    ...(ageSeconds !== null && { ageSeconds: Number(ageSeconds) }),
    ...(bytes !== null && { bytes: Number(bytes) }),
  }));
}

/** Whether it is still the table that was read; where the server gives no time of creation that cannot be told. */
async function isUnchanged(
  session: Session,
  { schema, name, comment, createdAt }: Candidate,
): Promise<boolean> {
  const [now] = await session.rows<{ comment: string; createdAt: string | null }>(
    `SELECT TABLE_COMMENT AS comment, CAST(CREATE_TIME AS CHAR) AS createdAt
       FROM information_schema.TABLES WHERE TABLE_SCHEMA=? AND TABLE_NAME=?`,
    [schema, name],
  );
  return (
    now !== undefined && createdAt !== undefined && now.comment === comment && now.createdAt === createdAt
  );
}

/** On servers whose DROP TABLE searches the buffer pool under a lock (MySQL bug 98869): a larger table would stall them. */
const stallsAboveBytes = 1_000_000_000;
const rowsAtOnce = 5_000;
const pauseMs = 50;

/**
 * Drops a table; a big one is emptied first, a piece at a time, on servers that would stall.
 * @throws what the server says; the next call goes on where this one stopped
 */
async function dropTable(session: Session, table: TableName, bytes: number | undefined): Promise<void> {
  if ((bytes ?? 0) > stallsAboveBytes && !dropsLargeTablesWithoutStall(await readServerIdentity(session))) {
    for (;;) {
      const { affectedRows } = await session.execute(`DELETE FROM ${quoteTable(table)} LIMIT ${rowsAtOnce}`);
      if (affectedRows === 0) break;
      await sleep(pauseMs);
    }
  }
  await session.execute(`DROP TABLE IF EXISTS ${quoteTable(table)}`);
}

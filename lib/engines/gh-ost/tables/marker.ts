import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ElsewhereRun } from '../../../documents/status.js';
import { isServerError } from '../../../mysql/errors.js';
import { type Session, withSession } from '../../../mysql/session.js';
import { isAlive } from '../../../runs/list.js';
import { quoteTable, type TableName } from '../../../sql/names.js';
import type { GhostContext } from '../context.js';
import type { RunningGhost } from '../process/running.js';
import { shadowTables } from './names.js';

/** Who copies a table: a row in gh-ost's changelog, for those who look from another machine, or after a crash. */
interface Marker {
  run: string;
  machine: string;
  pid: number;
}

/** A mark that was found, and how long ago it was made or refreshed, by the server's clock. */
type FoundMarker = Marker & { ageSeconds: number };

/** gh-ost passes over rows whose hint it does not know (go/logic/migrator.go, onChangelogEvent). */
const hint = 'alterwise';
const everyMs = 10_000;
const lookMs = 100;

/**
 * Marks the tables of a gh-ost as those of a run, and keeps the mark fresh until `signal` is aborted. The run continues
 * without it; then nothing of it is removed by `alterwise clean`.
 */
export async function keepMarker(
  ghost: RunningGhost,
  table: TableName,
  run: string,
  { settings, emit }: Pick<GhostContext, 'settings' | 'emit'>,
  signal: AbortSignal,
): Promise<void> {
  const isOver = () => signal.aborted || ghost.exit() !== undefined;
  let isTold = false;
  while (!ghost.log.hasChangelog && !isOver()) await pause(lookMs, signal);
  while (!isOver()) {
    try {
      const marker = { run, machine: hostname(), pid: process.pid };
      await withSession(settings.connection, {}, (session) => writeMarker(session, table, marker));
    } catch (error) {
      if (isOver()) return;
      const text = `The copy could not be marked as this run's; it is tried again: ${String(error)}`;
      if (!isTold) emit({ type: 'warning', id: 'no-marker', text });
      isTold = true;
    }
    const until = performance.now() + everyMs;
    while (performance.now() < until && !isOver()) await pause(500, signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {}); // the end is looked at by the caller
}

async function writeMarker(session: Session, table: TableName, marker: Marker): Promise<void> {
  await session.rows(
    `INSERT INTO ${changelogOf(table)} (hint, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value=VALUES(value), last_update=CURRENT_TIMESTAMP`,
    [hint, JSON.stringify(marker)],
  );
}

/** @returns undefined if there is no mark: then the tables are somebody else's */
export async function readMarker(session: Session, table: TableName): Promise<FoundMarker | undefined> {
  try {
    const [row] = await session.rows<{ value: string; age: number }>(
      `SELECT value, TIMESTAMPDIFF(SECOND, last_update, CURRENT_TIMESTAMP) AS age FROM ${changelogOf(table)} WHERE hint=?`,
      [hint],
    );
    return row && { ...(JSON.parse(row.value) as Marker), ageSeconds: Number(row.age) };
  } catch (error) {
    if (isServerError(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A live run refreshes its mark at least this often; if it died on this machine, that is known at once. */
const freshSeconds = 60;

export function isAtWork({ machine, pid, ageSeconds }: FoundMarker): boolean {
  if (ageSeconds >= freshSeconds) return false;
  return machine !== hostname() || (pid !== process.pid && isAlive(pid));
}

function changelogOf({ schema, name }: TableName): string {
  return quoteTable({ schema, name: shadowTables(name).changelog });
}

/** Runs that are at work on this server, wherever they were started, as far as they copy a table. */
export async function readElsewhere(session: Session): Promise<ElsewhereRun[]> {
  const rows = await session.rows<{ schema: string; name: string }>(
    `SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS name FROM information_schema.TABLES
      WHERE TABLE_NAME LIKE '\\_%\\_ghc' AND TABLE_NAME NOT LIKE '%\\_alterwise\\_%'`,
  );
  const found: ElsewhereRun[] = [];
  for (const { schema, name } of rows) {
    const table = { schema, name: name.slice('_'.length, -'_ghc'.length) };
    if (shadowTables(table.name).changelog !== name) continue;
    const marker = await readMarker(session, table);
    if (marker === undefined) continue;
    const { run, machine, pid, ageSeconds } = marker;
    found.push({
      run,
      machine,
      pid,
      table: `${table.schema}.${table.name}`,
      state: isAtWork(marker) ? 'running' : 'silent',
      seenSecondsAgo: ageSeconds,
    });
  }
  return found;
}

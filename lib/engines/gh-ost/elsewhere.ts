import type { ElsewhereRun } from '../../documents/status.js';
import type { Session } from '../../mysql/session.js';
import { isAtWork, readMarker } from './tables/marker.js';
import { shadowTables } from './tables/names.js';

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

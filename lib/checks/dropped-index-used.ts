import type { Check } from '../documents/plan.js';
import { hiddenIndexWord } from '../inspect/capabilities.js';
import type { Session } from '../mysql/session.js';
import { readUptimeMs } from '../mysql/uptime.js';
import { quoteName, quoteTable } from '../sql/names.js';
import type { Index } from '../table/shape.js';
import { counted, humanMs } from '../text/human.js';
import { type ChangeFacts, look } from './check-facts.js';

/**
 * How many rows were read by a dropped index since the server started (manual, "Table I/O and Lock Wait Summary
 * Tables"). COUNT(*) takes the smallest index, so that a few counts look like use; no read at all is the better proof.
 * Nothing where the server does not count, or another index begins with the same columns.
 */
export async function droppedIndexUsed(facts: ChangeFacts, session: Session): Promise<Check[]> {
  const { probe, table, server } = facts;
  const dropped = probe.difference.indexesDropped.filter(
    (index) => index.name !== 'PRIMARY' && !hasSuccessor(index, probe.after.indexes),
  );
  if (dropped.length === 0) return [];
  const rows = await look<{ name: string; reads: number | string }>(
    session,
    server,
    `INDEX_NAME AS name, COUNT_READ AS \`reads\` FROM performance_schema.table_io_waits_summary_by_index_usage
      WHERE OBJECT_TYPE='TABLE' AND OBJECT_SCHEMA=? AND OBJECT_NAME=? AND INDEX_NAME IS NOT NULL`,
    [table.name.schema, table.name.name],
  );
  const upMs = await readUptimeMs(session);
  if (rows === undefined) return [];
  return dropped.flatMap(({ name }) => {
    const row = rows.find((each) => each.name === name);
    return row === undefined ? [] : [usage(facts, name, Number(row.reads), upMs)];
  });
}

function usage({ server, table }: ChangeFacts, name: string, reads: number, upMs: number): Check {
  const since = `since the server started ${humanMs(upMs)} ago`;
  if (reads === 0) {
    return { id: 'dropped-index-used', level: 'ok', text: `The index ${name} was not read ${since}.` };
  }
  const hide = hiddenIndexWord(server);
  const alter = `ALTER TABLE ${quoteTable(table.name)} ALTER INDEX ${quoteName(name)} ${hide}`;
  return {
    id: 'dropped-index-used',
    level: 'warning',
    text: `${counted(reads, 'row')} ${reads === 1 ? 'was' : 'were'} read by the index ${name} ${since} (counts of the whole table, which alterwise makes too, are among them).`,
    count: reads,
    fix:
      hide === undefined
        ? 'Find out which queries use it, and how they do without.'
        : `Hide it first, and watch for slow queries: ${alter}`,
  };
}

function hasSuccessor(index: Index, after: readonly Index[]): boolean {
  return after.some(({ parts }) =>
    index.parts.every((part, at) => JSON.stringify(part) === JSON.stringify(parts[at])),
  );
}

import { hiddenIndexWord } from '../inspect/capabilities.js';
import { readUptimeMs } from '../mysql/processlist.js';
import { quoteName, quoteTable } from '../sql/names.js';
import type { Index } from '../table/shape.js';
import { humanMs } from '../text/human.js';
import { lookUp, rowsThat } from './shared/facts.js';
import type { Hazard } from './shared/hazard.js';

/**
 * How many rows were read through a dropped index since the server started (manual, "Table I/O and Lock Wait Summary
 * Tables"). COUNT(*) takes the smallest index, so a few counts look like use; no read at all is the better proof.
 * No finding if the server does not count, or another index begins with the same columns.
 */
export const droppedIndexUsed: Hazard = {
  id: 'dropped-index-used',
  level: 'warning',
  async onServer({ probe, table, server }, session) {
    const dropped = probe.difference.indexesDropped.filter(
      (index) => index.name !== 'PRIMARY' && !hasSuccessor(index, probe.after.indexes),
    );
    if (dropped.length === 0) return undefined;
    const usage = await lookUp<{ name: string; reads: number | string }>(
      session,
      server,
      `INDEX_NAME AS name, COUNT_READ AS \`reads\` FROM performance_schema.table_io_waits_summary_by_index_usage
        WHERE OBJECT_TYPE='TABLE' AND OBJECT_SCHEMA=? AND OBJECT_NAME=? AND INDEX_NAME IS NOT NULL`,
      [table.name.schema, table.name.name],
    );
    const since = `since the server started ${humanMs(await readUptimeMs(session))} ago`;
    const hide = hiddenIndexWord(server);
    return dropped.flatMap(({ name }) => {
      const found = usage?.find((index) => index.name === name);
      const reads = Number(found?.reads ?? 0);
      if (found === undefined) return [];
      if (reads === 0) return { level: 'ok' as const, text: `The index ${name} was not read ${since}.` };
      return {
        text: `${rowsThat(reads, 'was', 'were')} read through the index ${name} ${since} (including counts of the whole table, such as those that alterwise makes).`,
        count: reads,
        fix:
          hide === undefined
            ? 'Find out which queries use it, and how they do without.'
            : `Hide it first, and watch for slow queries: ALTER TABLE ${quoteTable(table.name)} ALTER INDEX ${quoteName(name)} ${hide}`,
      };
    });
  },
};

function hasSuccessor(index: Index, after: readonly Index[]): boolean {
  return after.some(({ parts }) =>
    index.parts.every((part, at) => JSON.stringify(part) === JSON.stringify(parts[at])),
  );
}

import { hiddenIndexWord } from '../inspect/capabilities.js';
import { readUptimeMs } from '../mysql/processlist.js';
import { quoteName, quoteTable } from '../sql/names.js';
import type { Index, IndexPart } from '../table/shape.js';
import { humanMs } from '../text/human.js';
import { indexLabel, lookUp, rowsThat } from './shared/facts.js';
import type { Hazards } from './shared/hazard.js';

export const indexHazards: Hazards = {
  /** A new index that another one can replace, or that makes another superfluous: each costs every write. */
  'redundant-index': {
    level: 'warning',
    inChange({ probe }) {
      const { added, changed } = probe.difference.indexes;
      const newNames = [...added, ...changed.map(({ after }) => after)].map(({ name }) => name);
      const all = probe.after.indexes;
      return all.flatMap((index, at) => {
        const by = all.find(
          (other, place) => place !== at && covers(other, index) && !(covers(index, other) && place > at),
        );
        if (by === undefined) return [];
        const [label, byLabel] = [indexLabel(index), indexLabel(by)];
        if (newNames.includes(index.name)) {
          return {
            text: `The new ${label} adds nothing to ${byLabel}, and every write has to maintain both.`,
            fix: `Leave ${label} out.`,
          };
        }
        if (!newNames.includes(by.name)) return [];
        return {
          text: `The new ${byLabel} makes ${label} superfluous.`,
          fix: `Drop ${label} afterwards, once no query names it in a hint.`,
        };
      });
    },
  },
  /**
   * How many rows were read through a dropped index since the server started (manual, "Table I/O and Lock Wait Summary
   * Tables"). COUNT(*) takes the smallest index, so a few counts look like use; no read at all is the better proof.
   * No finding if the server does not count, or another index begins with the same columns.
   */
  'dropped-index-used': {
    level: 'warning',
    async onServer(facts, session) {
      const { probe, table, server } = facts;
      const dropped = probe.difference.indexes.dropped.filter(
        (index) => index.name !== 'PRIMARY' && !hasSuccessor(index, probe.after.indexes),
      );
      if (dropped.length === 0) return undefined;
      const usage = await lookUp<{ name: string; reads: number | string }>(
        session,
        facts,
        `INDEX_NAME AS name, COUNT_READ AS \`reads\` FROM performance_schema.table_io_waits_summary_by_index_usage
          WHERE OBJECT_TYPE='TABLE' AND OBJECT_SCHEMA=? AND OBJECT_NAME=? AND INDEX_NAME IS NOT NULL`,
        [table.name.schema, table.name.name],
      );
      const since = `since the server started ${humanMs(await readUptimeMs(session))} ago`;
      const hide = hiddenIndexWord(server);
      return dropped.flatMap(({ name }) => {
        const found = usage?.find((index) => index.name === name);
        if (found === undefined) return [];
        const reads = Number(found.reads);
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
  },
};

/** Whatever `index` finds or forbids, `by` does: it begins with the same parts, and is unique if `index` is. */
function covers(by: Index, index: Index): boolean {
  if (by.type !== 'BTREE' || index.type !== 'BTREE' || by.parts.length < index.parts.length) return false;
  if (index.name === 'PRIMARY') return false;
  const begins = index.parts.every((part, at) => coversPart(by.parts[at], part, at === by.parts.length - 1));
  if (!begins || !index.unique) return begins;
  const same = index.parts.every((part, at) => part.prefix === by.parts[at]?.prefix);
  return by.unique && by.parts.length === index.parts.length && same;
}

function coversPart(by: IndexPart | undefined, part: IndexPart, isLast: boolean): boolean {
  if (by === undefined || by.descending !== part.descending) return false;
  const isSame = part.column !== undefined ? by.column === part.column : by.expression === part.expression;
  if (!isSame || part.prefix === by.prefix) return isSame;
  // A longer prefix serves as a shorter one at the end only: what follows is sorted within the longer one.
  return isLast && part.prefix !== undefined && (by.prefix === undefined || by.prefix > part.prefix);
}

function hasSuccessor(index: Index, after: readonly Index[]): boolean {
  return after.some(({ parts }) =>
    index.parts.every((part, at) => JSON.stringify(part) === JSON.stringify(parts[at])),
  );
}

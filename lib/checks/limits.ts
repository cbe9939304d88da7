import { rowVersionLimit } from '../inspect/capabilities.js';
import { bytesPerChar, type Kind, kindOf } from '../table/column-kind.js';
import { readTable } from '../table/definition.js';
import type { Column } from '../table/shape.js';
import { humanCount } from '../text/human.js';
import { columnPairs } from './shared/facts.js';
import type { Hazards } from './shared/hazard.js';

export const limitHazards: Hazards = {
  /**
   * How much of its type AUTO_INCREMENT has used up. At the end every INSERT fails (1062 or 1467). A danger only if this
   * very change makes it so: adding an index to a table that is nearly full is no danger.
   */
  'auto-increment-near-end': {
    level: 'warning',
    inChange(facts) {
      const next = Number(readTable(facts.table.definition)?.options.named.get('AUTO_INCREMENT')?.value ?? 0);
      const pair = columnPairs(facts).find(({ after }) => /auto_increment/i.test(after.extra));
      if (pair === undefined || next < 2) return undefined;
      const [usedBefore, used] = [shareUsed(pair.before, next), shareUsed(pair.after, next)];
      if (used === undefined || used <= 0.75) return undefined;
      const share = `${Math.min(100, Math.floor(used * 100))} %`;
      const { name, type } = pair.after;
      const isWorse = usedBefore !== undefined && used > usedBefore;
      return {
        level: isWorse && used > 0.95 ? 'danger' : 'warning',
        text: `The next value of ${name} is ${humanCount(next)}: ${share} of the range of ${type} is used. At its end every INSERT fails.`,
        fix: isWorse
          ? 'Choose a wider type, or leave the column as it is.'
          : `Widen ${name} to BIGINT before it is full, together with the columns that refer to it.`,
      };
    },
  },
  /** Every INSTANT ADD or DROP COLUMN adds a row version. At the limit INSTANT fails (4092) until the table is rebuilt. */
  'row-versions': {
    level: 'warning',
    inChange({ server, table, probe }) {
      const { added, dropped } = probe.difference.columns;
      const limit = rowVersionLimit(server);
      if (limit === undefined || table.rowVersions === undefined || probe.class !== 'instant')
        return undefined;
      const versions = table.rowVersions + 1;
      if (versions < limit * 0.8 || ![...added, ...dropped].some(isStored)) return undefined;
      return {
        text: `INSTANT changes would have used ${versions} of ${limit} row versions; beyond that such a change rewrites the table.`,
        count: versions,
        fix: 'Rebuild the table at a quiet hour: OPTIMIZE TABLE, or ALTER TABLE … FORCE through alterwise.',
      };
    },
  },
  /**
   * The definition comes near the longest row that a definition may allow. Beyond it the server refuses further columns
   * (1118). Only if this change makes the row longer.
   */
  'row-size': {
    level: 'warning',
    inChange({ probe }) {
      const [before, after] = [longestRow(probe.before.columns), longestRow(probe.after.columns)];
      // NaN: unknown.
      if (!(after > before && after >= mostBytes * 0.9)) return undefined;
      return {
        text: `By its definition a row may be up to ${humanCount(after)} bytes long; beyond ${humanCount(mostBytes)} the server accepts no more columns.`,
        fix: 'Turn long VARCHARs into TEXT, which counts for a dozen bytes.',
      };
    },
  },
};

/** Undefined unless the column is a whole number. */
function shareUsed(column: Column, next: number): number | undefined {
  const kind = kindOf(column);
  return kind.family === 'integer' ? (next - 1) / Number(kind.high) : undefined;
}

const isStored = ({ extra }: Column) => !/VIRTUAL/i.test(extra);

/** Manual, "Limits on Table Column Count and Row Size": of all columns together; TEXT and BLOB hardly count. */
const mostBytes = 65_535;

/** NaN if the length of a column is unknown. */
function longestRow(columns: readonly Column[]): number {
  const stored = columns.filter(isStored);
  return stored.reduce((sum, column) => sum + bytesOf(kindOf(column)), Math.ceil(stored.length / 8));
}

/** Manual, "Data Type Storage Requirements"; the most that a value can take in a row. */
function bytesOf(kind: Kind): number {
  switch (kind.family) {
    case 'integer':
      return Math.ceil((kind.high - kind.low).toString(2).length / 8);
    case 'bit':
      return Math.ceil(kind.bits / 8);
    case 'year':
      return 1;
    case 'decimal':
      return Math.ceil(kind.digits * 0.45) + 1;
    case 'float':
      return kind.double ? 8 : 4;
    case 'date':
      return 3;
    case 'datetime':
    case 'timestamp':
    case 'time':
      return { datetime: 5, timestamp: 4, time: 3 }[kind.family] + Math.ceil(kind.fraction / 2);
    case 'enum':
      return kind.members.length > 255 ? 2 : 1;
    case 'set':
      return Math.ceil(kind.members.length / 8);
    case 'text':
      return 'bytes' in kind.room
        ? 12
        : withLength(kind.room.chars * bytesPerChar(kind.charset), kind.padded);
    case 'binary':
      return kind.bytes >= mostBytes ? 12 : withLength(kind.bytes, kind.padded);
    case 'json':
      return 12;
    case 'other':
      return Number.NaN;
  }
}

function withLength(bytes: number, fixed: boolean): number {
  return fixed ? bytes : bytes + (bytes > 255 ? 2 : 1);
}

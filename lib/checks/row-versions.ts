import type { Check } from '../documents/plan.js';
import type { ChangeFacts } from './check-facts.js';

/**
 * Every INSTANT ADD or DROP of a column adds a version to the rows: 64 at most before MySQL 9.1, 255 from then on
 * (manual, "Online DDL Operations", "Column Operations"); then INSTANT is refused (4092) until the table is rebuilt.
 */
export function rowVersions({ server, table, probe }: ChangeFacts): Check[] {
  const { columnsAdded, columnsDropped } = probe.difference;
  const isStored = [...columnsAdded, ...columnsDropped].some(({ extra }) => !/VIRTUAL/i.test(extra));
  if (server.flavor !== 'mysql' || table.rowVersions === undefined || probe.class !== 'instant' || !isStored)
    return [];
  const limit = server.version.atLeast(9, 1) ? 255 : 64;
  const versions = table.rowVersions + 1;
  if (versions < limit * 0.8) return [];
  return [
    {
      id: 'row-versions',
      level: 'warning',
      text: `The rows would carry ${versions} of at most ${limit} versions by INSTANT changes; beyond that such a change rewrites the table.`,
      count: versions,
      fix: 'Rebuild the table at a quiet hour: OPTIMIZE TABLE, or ALTER TABLE … FORCE through alterwise.',
    },
  ];
}

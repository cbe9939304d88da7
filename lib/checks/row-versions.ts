import type { Check } from '../documents/plan.js';
import { rowVersionLimit } from '../inspect/capabilities.js';
import type { ChangeFacts } from './check-facts.js';

/** Every INSTANT ADD or DROP COLUMN adds a row version. At the limit INSTANT fails (4092) until the table is rebuilt. */
export function rowVersions({ server, table, probe }: ChangeFacts): Check[] {
  const { columnsAdded, columnsDropped } = probe.difference;
  const isStored = [...columnsAdded, ...columnsDropped].some(({ extra }) => !/VIRTUAL/i.test(extra));
  const limit = rowVersionLimit(server);
  if (limit === undefined || table.rowVersions === undefined || probe.class !== 'instant' || !isStored)
    return [];
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

import { rowVersionLimit } from '../inspect/capabilities.js';
import type { Hazard } from './shared/hazard.js';

/** Every INSTANT ADD or DROP COLUMN adds a row version. At the limit INSTANT fails (4092) until the table is rebuilt. */
export const rowVersions: Hazard = {
  id: 'row-versions',
  level: 'warning',
  inChange({ server, table, probe }) {
    const { columnsAdded, columnsDropped } = probe.difference;
    const limit = rowVersionLimit(server);
    const isStored = [...columnsAdded, ...columnsDropped].some(({ extra }) => !/VIRTUAL/i.test(extra));
    if (limit === undefined || table.rowVersions === undefined || probe.class !== 'instant' || !isStored)
      return undefined;
    const versions = table.rowVersions + 1;
    if (versions < limit * 0.8) return undefined;
    return {
      text: `INSTANT changes would have used ${versions} of ${limit} row versions; beyond that such a change rewrites the table.`,
      count: versions,
      fix: 'Rebuild the table at a quiet hour: OPTIMIZE TABLE, or ALTER TABLE … FORCE through alterwise.',
    };
  },
};

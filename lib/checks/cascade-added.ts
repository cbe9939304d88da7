import { logsCascades } from '../inspect/capabilities.js';
import { actingKeys } from './shared/foreign-key-actions.js';
import type { Hazard } from './shared/hazard.js';

/** A new foreign key that changes or deletes rows by itself. */
export const cascadeAdded: Hazard = {
  id: 'cascade-added',
  level: 'warning',
  async onServer(facts, session) {
    const { before, after } = actingKeys(facts);
    const added = after.filter(({ name }) => !before.some((other) => other.name === name));
    if (added.length === 0) return undefined;
    const traces = (await logsCascades(session))
      ? 'fires no trigger'
      : 'fires no trigger and is not in the binary log';
    return added.map(({ text }) => ({
      text: `${text} will change or delete rows by itself, many at once, which ${traces}; and gh-ost takes no table with foreign keys.`,
      fix: 'If the application should decide, leave the action out (RESTRICT).',
    }));
  },
};

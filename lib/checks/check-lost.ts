import { partsOf } from '../table/definition.js';
import { goneNames } from './shared/facts.js';
import type { Hazard } from './shared/hazard.js';

/**
 * CHECKs that go with a column and that the statement does not name. Both servers silently drop a CHECK of that one column
 * (manual, "ALTER TABLE Statement"); if it has others, they refuse.
 */
export const checkLost: Hazard = {
  id: 'check-lost',
  level: 'warning',
  inChange(facts) {
    const { statement, probe } = facts;
    if (goneNames(facts).length === 0) return undefined;
    const left = checksIn(probe.after.definition);
    const lost = checksIn(probe.before.definition).filter(
      (name) => !left.includes(name) && !statement.clauses.some(({ text }) => text.includes(name)),
    );
    if (lost.length === 0) return undefined;
    return {
      text: `The server drops the rule on the column together with it: CHECK ${lost.join(', ')}.`,
      count: lost.length,
      fix: 'Make sure that nothing relies on it.',
    };
  },
};

function checksIn(definition: string): string[] {
  return partsOf(definition, 'check').map(({ name }) => name);
}

import type { Column } from '../table/shape.js';
import { columnPairs } from './shared/facts.js';
import type { Hazard } from './shared/hazard.js';

/** An INSERT without a list of columns still succeeds, and writes into the wrong ones. */
export const columnOrder: Hazard = {
  id: 'column-order',
  level: 'warning',
  inChange(facts) {
    const visible = (columns: readonly Column[]) => columns.filter(({ extra }) => !/INVISIBLE/i.test(extra));
    const [before, after] = [visible(facts.probe.before.columns), visible(facts.probe.after.columns)];
    if (before.length !== after.length) return undefined; // then it fails, and somebody notices
    const pairs = columnPairs(facts);
    const moved = after.filter((column, at) => {
      const from = pairs.find((pair) => pair.after.name === column.name)?.before.name;
      return from !== before[at]?.name;
    });
    if (moved.length === 0) return undefined;
    return {
      text: `${moved.map(({ name }) => name).join(', ')} would take the place of another column: an INSERT without a list of columns would write into the wrong ones.`,
      fix: 'Make sure that every INSERT names its columns, and that nothing reads SELECT * by position.',
    };
  },
};

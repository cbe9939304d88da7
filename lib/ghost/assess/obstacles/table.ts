import { tableLabel } from '../../../plan/table-label.js';
import type { GhostFacts, Obstacle } from './obstacle.js';

/** What hangs on the table and would not follow the swap. */
export function tableObstacles({ table, statement }: GhostFacts): Obstacle[] {
  const found: Obstacle[] = [];
  const add = (id: string, text: string, next: string) =>
    found.push({ id: `ghost-${id}`, text, next, kind: 'danger' });
  const { outgoing, incoming } = table.foreignKeys;
  if (!engines.has(table.engine.toLowerCase())) {
    add(
      'engine',
      `The table is of the engine ${table.engine}, which gh-ost cannot copy.`,
      'Use --strategy direct.',
    );
  }
  if (incoming.length > 0) {
    const children = incoming.map(({ child, name }) => `${tableLabel(child)} (${name})`);
    add(
      'foreign-key-parent',
      `Foreign keys point at the table and would go on pointing at the old one: ${children.join(', ')}.`,
      'Use --strategy direct.',
    );
  }
  if (outgoing.length > 0) {
    const names = outgoing.map(({ name }) => name);
    add(
      'foreign-key-child',
      `The table has foreign keys, which the copy would not have: ${names.join(', ')}.`,
      'Use --strategy direct.',
    );
  }
  const pointsAtItself = statement.references.some(
    (reference) =>
      (reference.schema ?? table.name.schema).toLowerCase() === table.name.schema.toLowerCase() &&
      reference.table.toLowerCase() === table.name.name.toLowerCase(),
  );
  if (pointsAtItself) {
    add(
      'foreign-key-self',
      'A new foreign key points at the table itself: that of the copy would point at the old table after the swap.',
      'Use --strategy direct.',
    );
  }
  if (table.triggers.length > 0) {
    const names = table.triggers.map(({ name }) => name);
    add(
      'triggers',
      `The table has triggers, which the copy would not have: ${names.join(', ')}.`,
      'Use --strategy direct.',
    );
  }
  return found;
}

/** Engines that keep rows where SELECT and INSERT find them again. */
const engines = new Set(['innodb', 'rocksdb', 'myisam', 'aria', 'memory']);

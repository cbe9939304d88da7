import { partsOf } from '../../table/definition.js';
import type { ChangeFacts } from './facts.js';

/** A foreign key that changes or deletes rows by itself. */
interface ActingKey {
  name: string;
  /** `up (ON DELETE CASCADE ON UPDATE SET NULL)` */
  text: string;
}

/** @returns the table's own keys that act, before and after the change */
export function actingKeys({ probe }: ChangeFacts): { before: ActingKey[]; after: ActingKey[] } {
  return { before: keysIn(probe.before.definition), after: keysIn(probe.after.definition) };
}

function keysIn(definition: string): ActingKey[] {
  return partsOf(definition, 'foreign-key').flatMap(({ name, actions }) => {
    const acting = actions.match(/ON (?:DELETE|UPDATE) (?:CASCADE|SET NULL|SET DEFAULT)/g);
    return acting === null ? [] : [{ name, text: `${name} (${acting.join(' ')})` }];
  });
}

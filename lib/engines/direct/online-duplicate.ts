import type { PlannedAlter } from '../../documents/plan.js';
import type { ServerError } from '../../mysql/errors.js';
import { isSameName } from '../../sql/names.js';
import { partsOf } from '../../table/definition.js';

/**
 * Whether an online ALTER has failed because of another session, not of the rows: InnoDB logs what is written meanwhile and
 * applies it at the end, and that log also has the INSERT that repeated a unique key and failed (1062; manual, "Online DDL
 * Limitations"). Measured on MySQL 5.7, 8.0 and 9.7, for any key except the primary one; on MariaDB 10.11 and 11.4 it does not
 * happen. If the table has the key before and after, its rows cannot repeat it.
 */
export function isOnlineDuplicate(
  { clause = '', promise }: Pick<PlannedAlter, 'clause' | 'promise'>,
  { errno, message }: ServerError,
): boolean {
  if (errno !== 1062 || !clause.includes('LOCK=NONE')) return false;
  // MySQL 8.0.19 and later write the table before the key.
  const name = /for key '(?:.*\.)?(.+)'$/.exec(message)?.[1];
  if (name === undefined) return false;
  const [before, after] = [promise.before, promise.after ?? promise.before].map((definition) =>
    partsOf(definition, 'key', 'primary-key').find(
      (key) => key.unique && isSameName(key.what === 'primary-key' ? 'PRIMARY' : key.name, name),
    ),
  );
  return before !== undefined && before.itemsSql === after?.itemsSql;
}

/** What a revert by a statement does not bring back, or what may make the statement fail. */
export interface Loss {
  id: string;
  text: string;
}

const fails = 'make the statement fail.';

/** Every loss with its text. */
export const losses = {
  checkName: (was: string, is: string): Loss => ({
    id: 'check-name',
    text: `The CHECK ${was} is called ${is} and keeps that name.`,
  }),
  checkViolated: (rule: string): Loss => ({ id: 'check-violated', text: `Rows that break ${rule} ${fails}` }),
  converted: (column: string, old: string, now: string): Loss => ({
    id: 'converted',
    text: `The values that ${column} had as ${old} were converted to ${now} and are converted back: they may differ from before, and values that are not ${old} ${fails}`,
  }),
  duplicates: (key: string): Loss => ({ id: 'duplicates', text: `Rows that are equal in ${key} ${fails}` }),
  keyBlockSize: (option: string): Loss => ({
    id: 'key-block-size',
    text: `On MariaDB the indexes keep ${option} of their own, which has no effect.`,
  }),
  mayNotFit: (values: string): Loss => ({ id: 'may-not-fit', text: `${values} ${fails}` }),
  noValue: (column: string, type: string): Loss => ({
    id: 'no-value',
    text: `${column} is NOT NULL without a default: on a server that knows no empty ${type}, such as MySQL, the statement fails if the table has rows.`,
  }),
  nulls: (column: string): Loss => ({ id: 'nulls', text: `Rows in which ${column} is NULL ${fails}` }),
  orphans: (key: string): Loss => ({
    id: 'orphans',
    text: `Rows without a parent by the foreign key ${key} ${fails}`,
  }),
  rounded: (column: string, how: string): Loss => ({
    id: 'rounded',
    text: `The values of ${column} ${how}.`,
  }),
  rowsGone: (partitions: readonly string[]): Loss => ({
    id: 'rows-gone',
    text: `Rows that were dropped with partition ${partitions.join(', ')} do not come back.`,
  }),
  valuesGone: (column: string, why: string): Loss => ({
    id: 'values-gone',
    text: `The values that ${column} had do not come back: ${why}.`,
  }),
  valuesLost: (column: string, why: string): Loss => ({
    id: 'values-lost',
    text: `The values that ${column} has now are lost: ${why}.`,
  }),
};

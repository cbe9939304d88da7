/**
 * Why what is written to a copy of a table would reach the rows of the table itself, or others that are real: a MERGE
 * table names the tables that hold its rows, FEDERATED, Spider and CONNECT a place outside, and a copy has the same.
 * @param definition SHOW CREATE TABLE
 * @returns undefined where a copy has rows of its own
 */
export function rowsElsewhere(definition: string): string | undefined {
  // It stands first among the options. Where sql_mode leaves all of them out, the copy is made without them.
  const engine = /^\) ENGINE=(\w+)/m.exec(definition)?.[1];
  if (engine === undefined || engine.toLowerCase() === 'innodb') return undefined;
  if (!keepers.has(engine.toLowerCase())) return `its engine ${engine} is not known to keep rows of its own`;
  // InnoDB makes a folder for each schema there, and others do not: a table of the same name is the same file.
  return /\b(?:DATA|INDEX) DIRECTORY ?= ?'/.test(definition)
    ? 'its files are in a DATA DIRECTORY or INDEX DIRECTORY, where those of a copy would have the same names'
    : undefined;
}

/** Engines that make a place of its own for each table. */
const keepers = new Set([
  'myisam',
  'aria',
  'memory',
  'rocksdb',
  'tokudb',
  'ndbcluster',
  'columnstore',
  'archive',
  'csv',
  'blackhole',
]);

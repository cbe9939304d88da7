import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Privileges } from '../inspect/privileges.js';
import { isAccessDenied, isConnectionGone, isServerError } from '../mysql/errors.js';
import { lex } from '../sql/lexer.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { readTable } from '../table/definition.js';
import { findWords } from '../table/tokens.js';

/** The clone needs a schema of its own, and has none. */
export function needsScratchSchema(what: string): Fault {
  return new Fault(`${what}, and this account may not create one.`, {
    id: 'probe-needs-scratch',
    exitCode: exitCodes.environment,
    next: 'GRANT ALL ON `\\_alterwise\\_%`.* to the account, or name a schema with --scratch-schema.',
  });
}

/** A clone of the table would write where real rows are. @param why of `rowsElsewhere` */
export function cannotBeCloned(what: string, why: string): Fault {
  return new Fault(`${what} cannot be tried on a clone, which could write to real rows: ${why}.`, {
    id: 'rows-elsewhere',
    exitCode: exitCodes.refused,
    next: 'Run it with your usual client and a short lock_wait_timeout.',
  });
}

/** What keeps the change from being tried: the change itself is not to blame. */
export function probeFault(error: unknown, table: TableName, privileges: Privileges): unknown {
  if (error instanceof Fault) return error;
  const name = tableLabel(table);
  const details = { exitCode: exitCodes.environment, cause: error } as const;
  if (isConnectionGone(error)) {
    return new Fault(`The connection was lost while the change was tried on a clone of ${name}.`, {
      ...details,
      id: 'connection-lost',
      next: 'Run it again.',
    });
  }
  if (isAccessDenied(error)) {
    return new Fault(`${privileges.account} may not make an empty clone of ${name}: ${error.message}`, {
      ...details,
      id: 'privileges',
      next: `GRANT ALL ON \`\\_alterwise\\_%\`.* TO ${privileges.account}`,
    });
  }
  if (!isServerError(error)) return error;
  return new Fault(`No empty clone of ${name} could be made to try the change on: ${error.message}`, {
    ...details,
    id: 'probe-failed',
    next: 'Mend what the message names, or name an empty schema with --scratch-schema.',
  });
}

/**
 * Why what is written to a copy of a table would reach the rows of the table itself, or others that are real: a MERGE
 * table names the tables that hold its rows, FEDERATED, Spider and CONNECT a place outside, and a copy has the same.
 * @param definition SHOW CREATE TABLE
 * @returns undefined where a copy has rows of its own
 */
export function rowsElsewhere(definition: string): string | undefined {
  const table = readTable(definition);
  const engine = table?.options.named.get('ENGINE')?.value;
  // If sql_mode leaves out the options, the copy is made without them.
  if (table === undefined || engine === undefined || engine.toLowerCase() === 'innodb') return undefined;
  if (!keepers.has(engine.toLowerCase())) return `its engine ${engine} is not known to keep rows of its own`;
  // InnoDB makes a folder for each schema there, and others do not: a table of the same name is the same file.
  return hasDirectory(table.options.text) || hasDirectory(table.partitioning?.sql ?? '')
    ? 'its files are in a DATA DIRECTORY or INDEX DIRECTORY, where those of a copy would have the same names'
    : undefined;
}

function hasDirectory(sql: string): boolean {
  const tokens = lex(sql);
  return ['DATA', 'INDEX'].some((what) => findWords(tokens, what, 'DIRECTORY') !== undefined);
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

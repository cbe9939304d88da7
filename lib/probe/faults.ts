import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { lacksPrivileges, type Privileges } from '../inspect/privileges.js';
import type { ServerFacts } from '../inspect/server.js';
import { readServerLocks, unknownServerLock } from '../inspect/unseen-holders.js';
import { isAccessDenied, isConnectionGone, isServerError, troubleOf } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { lex } from '../sql/lexer.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { findWords } from '../sql/tokens.js';
import { readTable } from '../table/definition.js';
import { asItWas } from '../text/labels.js';

/** The clone needs a schema of its own, which this account may not create. */
export function needsScratchSchema(what: string): Fault {
  return new Fault(`${what}, and this account may not create one.`, {
    id: 'probe-needs-scratch',
    exitCode: exitCodes.environment,
    next: 'GRANT ALL ON `\\_alterwise\\_%`.* to the account, or name a schema with --scratch-schema.',
  });
}

/** @throws {Fault} if a clone of the table would write to real rows */
export function refuseRowsElsewhere(what: string, definition: string): void {
  const why = rowsElsewhere(definition);
  if (why === undefined) return;
  throw new Fault(`${what} cannot be tried on a clone, which could write to real rows: ${why}.`, {
    id: 'rows-elsewhere',
    exitCode: exitCodes.refused,
    next: 'Run it with your usual client and a short lock_wait_timeout.',
  });
}

/** Nothing but a lock over the whole server can stand in the way of a new clone. */
export async function serverLocked(
  session: Session,
  server: ServerFacts,
  table: TableName,
  cause: unknown,
): Promise<Fault> {
  const [holder = unknownServerLock(server)] = await readServerLocks(session, server);
  return new Fault(`No table can be changed now: ${holder.text}.`, {
    id: serverLockedId,
    exitCode: exitCodes.lockTimeout,
    state: asItWas(tableLabel(table)),
    next: holder.next,
    cause,
  });
}

/** Passes when the lock is free again. */
export function isServerLocked(error: unknown): error is Fault {
  return error instanceof Fault && error.id === serverLockedId;
}

const serverLockedId = 'server-locked';

/** ER_TABLE_WITHOUT_PK (MySQL 8.0.13). */
const withoutPrimaryKey = 3750;

/** What keeps alterwise from trying the change; the change itself is not to blame. */
export function probeFault(error: unknown, table: TableName, { account }: Privileges): unknown {
  if (error instanceof Fault || !(isServerError(error) || isConnectionGone(error))) return error;
  const clone = `an empty clone of ${tableLabel(table)}`;
  const text = (error as Error).message;
  if (isAccessDenied(error)) {
    const grant = `GRANT ALL ON \`\\_alterwise\\_%\`.* TO ${account}`;
    return lacksPrivileges(`${account} may not create ${clone}: ${text}`, grant, error);
  }
  if (isServerError(error) && error.errno === withoutPrimaryKey) {
    const grant = `GRANT SESSION_VARIABLES_ADMIN ON *.* TO ${account}`;
    return lacksPrivileges(
      `sql_require_primary_key is ON, and ${account} may not turn it off for ${clone}, which has none: ${text}`,
      grant,
      error,
    );
  }
  const options = { exitCode: exitCodes.environment, cause: error };
  const lost = isConnectionGone(error) ? troubleOf(error) : undefined;
  if (lost !== undefined) {
    const what = `The connection was lost while alterwise tried the change on ${clone}.`;
    return new Fault(what, { ...options, id: lost.id, next: 'Run it again.' });
  }
  return new Fault(`alterwise could not create ${clone} to try the change on: ${text}`, {
    ...options,
    id: 'probe-failed',
    next: 'Fix the cause, or name an empty schema with --scratch-schema.',
  });
}

/**
 * Why writes to a clone of a table would reach real rows, of this table or of others: a MERGE table names the tables that
 * hold its rows, FEDERATED, Spider and CONNECT a place outside, and a clone names the same.
 * @param definition SHOW CREATE TABLE
 * @returns undefined if a clone has rows of its own
 */
export function rowsElsewhere(definition: string): string | undefined {
  const table = readTable(definition);
  const engine = table?.options.named.get('ENGINE')?.value;
  // If sql_mode leaves out the options, the clone is created without them.
  if (table === undefined || engine === undefined || engine.toLowerCase() === 'innodb') return undefined;
  if (!keepers.has(engine.toLowerCase())) return `its engine ${engine} is not one that keeps rows of its own`;
  // InnoDB creates a folder for each schema there; other engines do not, so that a table of the same name is the same file.
  return hasDirectory(table.options.text) || hasDirectory(table.partitioning?.sql ?? '')
    ? 'its files are in a DATA DIRECTORY or INDEX DIRECTORY, where those of a clone would have the same names'
    : undefined;
}

function hasDirectory(sql: string): boolean {
  const tokens = lex(sql);
  return ['DATA', 'INDEX'].some((what) => findWords(tokens, what, 'DIRECTORY') !== undefined);
}

/** Engines that keep the rows of each table apart. */
const keepers = new Set(
  'myisam aria memory rocksdb tokudb ndbcluster columnstore archive csv blackhole'.split(' '),
);

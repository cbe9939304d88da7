import { exitCodes, Fault } from '../fault.js';
import type { Privileges } from '../inspect/privileges.js';
import { isAccessDenied, isConnectionGone, isServerError } from '../mysql/errors.js';
import type { TableName } from '../plan/plan.js';
import { tableLabel } from '../plan/table-label.js';

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

import type { Process } from '../mysql/processlist.js';

/** As many letters of a statement tell it from others of its time. */
const beginningLength = 40;

/** Whether a connection is at this statement, by how its text begins. */
export function isAtStatement(sql: string): (process: Pick<Process, 'statement'>) => boolean {
  const beginning = sql.slice(0, beginningLength);
  return ({ statement }) => statement?.startsWith(beginning) === true;
}

import { exitCodes, Fault } from '../fault.js';

/** A change that is not begun for what the tool's session is set to or holds. */
export function refused(id: string, message: string, next: string): Fault {
  return new Fault(message, { id, exitCode: exitCodes.refused, next });
}

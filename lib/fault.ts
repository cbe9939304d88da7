import { type ExitCode, exitCodes } from './exit-code.js';

export interface FaultDetails {
  /** Stable, kebab-case; what scripts and documents refer to. */
  id: string;
  exitCode: ExitCode;
  /** In what state the table is now. */
  state?: string;
  /** What to do next. */
  next?: string;
  cause?: unknown;
}

/** The state of almost every refusal: said in one way everywhere. */
const nothingChanged = 'Nothing was changed.';

/**
 * An error that a user can act on: what happened (`message`), in what state the table is now (`state`), what
 * to do next (`next`). Anything thrown that is not a Fault is a defect of alterwise (exit code 1).
 */
export class Fault extends Error {
  readonly id: string;
  readonly exitCode: ExitCode;
  readonly state: string;
  readonly next: string | undefined;

  constructor(message: string, details: FaultDetails) {
    super(message, { cause: details.cause });
    this.name = 'Fault';
    this.id = details.id;
    this.exitCode = details.exitCode;
    this.state = details.state ?? nothingChanged;
    this.next = details.next;
  }
}

/** Somebody asked it to stop. */
export function aborted(text: string): { id: string; text: string } {
  return { id: 'aborted', text };
}

export function stopped(message: string, next?: string): Fault {
  const { id } = aborted(message);
  return new Fault(message, { id, exitCode: exitCodes.aborted, ...(next && { next }) });
}

/** What is thrown and is no Fault. */
export function defect(error: unknown): { id: string; text: string } {
  const message = error instanceof Error ? error.message : String(error);
  return { id: 'defect', text: `This is a bug in alterwise: ${message}` };
}

/** A command line that cannot be understood. */
export function wrongUsage(message: string, next: string, cause?: unknown): Fault {
  return new Fault(message, { id: 'usage', exitCode: exitCodes.usage, next, cause });
}

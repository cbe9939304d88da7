/**
 * Every ending of a run, by the exit code that a pipeline sees. The table is part of the public interface:
 * codes may be added, never reused.
 */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  reviewRequired: 3,
  refused: 4,
  lockTimeout: 5,
  aborted: 6,
  ghostFailed: 7,
  verificationFailed: 8,
  unknown: 9,
  drifted: 10,
  environment: 11,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

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
export const nothingChanged = 'Nothing was changed.';

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

import { isAccessDenied, isConnectionGone } from './errors.js';

/** Neither a defect of alterwise nor something that it has foreseen. */
export interface Trouble {
  id: string;
  text: string;
  next: string;
}

/** @returns undefined of any other error */
export function troubleOf(error: unknown): Trouble | undefined {
  const said = error instanceof Error ? error.message : String(error);
  if (isConnectionGone(error)) {
    return {
      id: 'connection-lost',
      text: `The connection to the server was lost: ${said}`,
      next: 'Run it again when the server is there.',
    };
  }
  if (isAccessDenied(error)) {
    return {
      id: 'access-denied',
      text: `The account may not do what is needed: ${said}`,
      next: 'Grant it what is missing (SHOW GRANTS), and run it again.',
    };
  }
  return undefined;
}

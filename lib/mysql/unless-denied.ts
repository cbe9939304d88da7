import { Fault } from '../fault.js';
import { isAccessDenied } from './errors.js';

/**
 * A look at the server by an account that may have lost its privileges, or its right to connect, since it began; or
 * from a machine whose certificates are gone.
 * @param onDenied told why, in the server's words
 * @returns undefined where it may not look
 */
export async function unlessDenied<T>(
  look: Promise<T>,
  onDenied: (text: string) => void = () => {},
): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    const isDenied = isAccessDenied(error) || error instanceof Fault;
    if (!isDenied) throw error;
    onDenied(error.message);
    return undefined;
  }
}

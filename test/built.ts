import { fileURLToPath } from 'node:url';

/** The built package, as its users get it. A test file that imports this gets it built before; others need none. */
export const built = fileURLToPath(new URL('../dist', import.meta.url));

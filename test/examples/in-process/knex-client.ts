import { fileURLToPath } from 'node:url';

// As its own command line does it: the adapter finds the Knex of the application from the working directory.
process.chdir(fileURLToPath(new URL('../../../examples/knex', import.meta.url)));

export const { default: client } = await import('../../../lib/adapters/knex.js');

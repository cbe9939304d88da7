import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Knex } from 'knex';
import mysql2 from './mysql2.js';

/**
 * A client for Knex: `knex({ client: require('alterwise/knex'), connection: … })`. It is Knex's own for mysql2, over
 * the mysql2 that sends changes of tables through alterwise.
 */
class AlterwiseClient extends knexClient() {
  _driver(): typeof mysql2 {
    return mysql2;
  }
}

export default AlterwiseClient;
export { AlterwiseClient as 'module.exports' };

/** Of the application's own Knex: alterwise does not depend on it, and may lie elsewhere (npm link, workspaces). */
function knexClient(): typeof Knex.Client {
  const path = 'knex/lib/dialects/mysql2/index.js';
  try {
    return createRequire(import.meta.url)(path);
  } catch {
    return createRequire(join(process.cwd(), 'package.json'))(path);
  }
}

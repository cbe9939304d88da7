import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Knex } from 'knex';
import mysql2 from './mysql2.js';

/** `knex({ client: require('alterwise/knex'), connection: … })`: Knex's own client over the intercepted mysql2. */
class AlterwiseClient extends knexClient() {
  _driver(): typeof mysql2 {
    return mysql2;
  }
}

export default AlterwiseClient;
export { AlterwiseClient as 'module.exports' };

/** From the application's own Knex: alterwise does not depend on it, and may be installed elsewhere (npm link). */
function knexClient(): typeof Knex.Client {
  const path = 'knex/lib/dialects/mysql2/index.js';
  try {
    return createRequire(import.meta.url)(path);
  } catch {
    return createRequire(join(process.cwd(), 'package.json'))(path);
  }
}

import { createRequire } from 'node:module';
import type * as Mysql2 from 'mysql2';
import { interceptedDriver } from './driver.js';

/** mysql2 with changes of tables going through alterwise; everything else is mysql2's own. */
const driver: typeof Mysql2 = interceptedDriver(createRequire(import.meta.url)('mysql2'));

export * from 'mysql2';
export const { createConnection, createPool, createPoolCluster } = driver;
/** Another name of `createConnection`. */
export const connect = createConnection;
export default driver;
// What `require` gives (Node.js manual, "Loading ECMAScript modules using require()").
export { driver as 'module.exports' };

import { createRequire } from 'node:module';
import type * as Promised from 'mysql2/promise';
import { interceptedDriver } from './driver.js';

/** mysql2/promise with changes of tables going through alterwise; everything else is mysql2's own. */
const driver: typeof Promised = interceptedDriver(createRequire(import.meta.url)('mysql2/promise'));

export * from 'mysql2/promise';
export const { createConnection, createPool, createPoolCluster } = driver;
export default driver;
// What `require` gives (Node.js manual, "Loading ECMAScript modules using require()").
export { driver as 'module.exports' };

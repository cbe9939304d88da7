import { createRequire } from 'node:module';
import type * as Mysql2 from 'mysql2';
import { tamed } from './tame.js';

/**
 * mysql2, with changes of tables going through alterwise. All else is mysql2's own: this is its module, with the
 * functions that open connections exchanged.
 */
const wild: typeof Mysql2 = createRequire(import.meta.url)('mysql2');
const tame = Object.defineProperties(
  {},
  { ...Object.getOwnPropertyDescriptors(wild), ...tamed(wild) },
) as typeof Mysql2;

export * from 'mysql2';
export const { createConnection, createPool, createPoolCluster } = tame;
/** Another name of `createConnection`. */
export const connect = createConnection;
export default tame;
// What `require` gives (Node.js manual, "Loading ECMAScript modules using require()").
export { tame as 'module.exports' };

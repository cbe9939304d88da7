import { createRequire } from 'node:module';
import type * as Promised from 'mysql2/promise';
import { tamed } from './tame.js';

/**
 * mysql2/promise, with changes of tables going through alterwise. All else is mysql2's own: this is its module, with the
 * functions that open connections exchanged.
 */
const wild: typeof Promised = createRequire(import.meta.url)('mysql2/promise');
const tame = Object.defineProperties(
  {},
  { ...Object.getOwnPropertyDescriptors(wild), ...tamed(wild) },
) as typeof Promised;

export * from 'mysql2/promise';
export const { createConnection, createPool, createPoolCluster } = tame;
export default tame;
// What `require` gives (Node.js manual, "Loading ECMAScript modules using require()").
export { tame as 'module.exports' };

import Module, { register } from 'node:module';
import { scriptFolderVariable } from '../scripts/script-folder.js';
import { passOnToChildren } from './children.js';
import { interceptedExports } from './driver.js';
import { isMysql2, refuseOtherDriver } from './loaded-drivers.js';

/**
 * `node --import alterwise/register script.js`: changes of tables by any mysql2 that the script loads go through
 * alterwise. `require`, and without a loader also `import`, of a CommonJS module such as mysql2 goes through
 * `Module._load`; `register-imports` covers the rest.
 */
type Load = (request: string, ...rest: unknown[]) => unknown;
const loader = Module as unknown as { _load: Load };
const load = loader._load;

loader._load = function loadIntercepted(this: unknown, request, ...rest) {
  refuseOtherDriver(request);
  const exports = load.call(this, request, ...rest);
  if (isMysql2(request) || looksLikeMysql2(exports)) {
    Object.defineProperties(exports, interceptedExports(exports as object));
  }
  return exports;
};

/** mysql2 under another name (`npm install db@npm:mysql2`). */
function looksLikeMysql2(exports: unknown): boolean {
  if (typeof exports !== 'object' || exports === null) return false;
  return (
    Object.hasOwn(exports, 'createPoolClusterPromise') || Object.hasOwn(exports, 'PromisePoolConnection')
  );
}

// Without a script folder the user decides which processes have the adapter.
if (process.env[scriptFolderVariable] !== undefined) passOnToChildren();
register('./register-imports.js', import.meta.url);

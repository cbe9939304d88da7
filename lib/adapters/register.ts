import Module, { register } from 'node:module';
import { scriptFolderVariable } from '../scripts/script-folder.js';
import { handOnToChildren } from './children.js';
import { isMysql2, refuseOtherDriver } from './loaded-drivers.js';
import { tamed } from './tame.js';

/**
 * `node --import alterwise/register script.js`: whatever mysql2 the script loads, its changes of tables go through
 * alterwise. Both `require` and, where no loader is in between, `import` of a CommonJS module, as mysql2 is, go through
 * `Module._load`; `register-imports` sees to the rest.
 */
type Load = (request: string, ...rest: unknown[]) => unknown;
const loader = Module as unknown as { _load: Load };
const load = loader._load;

loader._load = function loadTamed(this: unknown, request, ...rest) {
  refuseOtherDriver(request);
  const exports = load.call(this, request, ...rest);
  if (isMysql2(request) || looksLikeMysql2(exports))
    Object.defineProperties(exports, tamed(exports as object));
  return exports;
};

/** Under another name, as `npm install db@npm:mysql2` gives it. */
function looksLikeMysql2(exports: unknown): boolean {
  if (typeof exports !== 'object' || exports === null) return false;
  return (
    Object.hasOwn(exports, 'createPoolClusterPromise') || Object.hasOwn(exports, 'PromisePoolConnection')
  );
}

// Who only wants the adapter says himself which of his processes have it.
if (process.env[scriptFolderVariable] !== undefined) handOnToChildren();
register('./register-imports.js', import.meta.url);

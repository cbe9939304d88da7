import Module, { register } from 'node:module';
import { isMysql2 } from './is-mysql2.js';
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
  const exports = load.call(this, request, ...rest);
  if (isMysql2(request) && typeof exports === 'object' && exports !== null) {
    Object.defineProperties(exports, tamed(exports));
  }
  return exports;
};

register('./register-imports.js', import.meta.url);

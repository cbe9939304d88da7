import Module from 'node:module';
import { tamed } from './tame.js';

/**
 * `node --import alterwise/register script.js`: whatever mysql2 the script loads, its changes of tables go through
 * alterwise. Both `require` and `import` of a CommonJS module, as mysql2 is, go through `Module._load`.
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

/** By its name, or as the path that it was found under. */
function isMysql2(request: string): boolean {
  return /(?:^|[\\/]node_modules[\\/])mysql2(?:[\\/](?:index|promise)(?:\.js)?)?$/.test(request);
}

import { createRequire, type ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMysql2, refuseOtherDriver } from './loaded-drivers.js';

const require = createRequire(import.meta.url);

/**
 * If a loader hands Node the source of a CommonJS module, as tsx does, its `import` bypasses `Module._load` (Node.js
 * manual, "Hooks"). So mysql2 is replaced by a module that requires it.
 */
export const resolve: ResolveHook = async (specifier, context, next) => {
  const found = await next(specifier, context);
  refuseOtherDriver(specifier);
  if (!found.url.startsWith('file:')) return found;
  const path = fileURLToPath(found.url);
  refuseOtherDriver(path);
  if (!isMysql2(path)) return found;
  const url = `data:text/javascript,${encodeURIComponent(requiring(path))}`;
  return { url, format: 'module', shortCircuit: true };
};

function requiring(path: string): string {
  const names = Object.keys(require(path) as object).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
  return [
    "import { createRequire } from 'node:module';",
    `const mysql2 = createRequire(${JSON.stringify(path)})(${JSON.stringify(path)});`,
    'export default mysql2;',
    `export const { ${names.filter((name) => name !== 'default').join(', ')} } = mysql2;`,
  ].join('\n');
}

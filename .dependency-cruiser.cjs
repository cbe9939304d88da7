/**
 * The floors of `lib/` (test/house/floors.json, the lowest first): a file imports from its own floor and from those
 * below it, and nothing is circular, neither between files nor between rooms. There is no list of exceptions.
 */
const floors = require('./test/house/floors.json');

/** @param {readonly string[]} names rooms, and files that stand directly in `lib/` */
const inside = (names) => `^lib/(?:${names.map((name) => `${name.replace('.', '[.]')}(?:/|$)`).join('|')})`;

module.exports = {
  forbidden: [
    ...floors.slice(0, -1).map((rooms, floor) => ({
      name: `floor-${floor}-imports-downward-only`,
      severity: 'error',
      from: { path: inside(rooms) },
      to: { path: inside(floors.slice(floor + 1).flat()) },
    })),
    {
      name: 'every-file-has-a-floor',
      severity: 'error',
      from: { path: '^lib/', pathNot: inside(floors.flat()) },
      to: {},
    },
    {
      name: 'nothing-outside-lib',
      comment: 'What is shipped does not depend on tests.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(?:bin|test|examples)/' },
    },
    { name: 'no-cycle-between-files', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-cycle-between-rooms',
      severity: 'error',
      scope: 'folder',
      from: { path: '^lib/[^/]+$' },
      to: { circular: true, path: '^lib/[^/]+$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^(?:lib|bin|test|examples)/',
    exclude: '^lib/.*[.]json$',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'types', 'default'], extensions: ['.ts', '.js'] },
  },
};

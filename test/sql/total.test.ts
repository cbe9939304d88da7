import t from 'tap';
import { Fault } from '../../lib/fault.js';
import { parseStatements } from '../../lib/sql/parse.js';

const scraps = [
  ...[
    'ALTER',
    'TABLE',
    'CREATE',
    'DROP',
    'INDEX',
    'ADD',
    'COLUMN',
    'CHANGE',
    'RENAME',
    'TO',
    'ALGORITHM',
    'LOCK',
  ],
  ...[
    'PARTITION',
    'BY',
    'REMOVE',
    'ORDER',
    'REFERENCES',
    'IF',
    'EXISTS',
    'ON',
    'WAIT',
    'ONLINE',
    'NONE',
    'PRIMARY',
  ],
  ...[
    'a',
    '`b`',
    '``',
    "'c'",
    '"d"',
    '1',
    '0x',
    '.',
    ',',
    ';',
    '(',
    ')',
    '=',
    '*/',
    '/*',
    '/*!',
    '/*!50000',
    '/*M!',
  ],
  ...['--', '-- x\n', '#', '\n', '\\', "'", '"', '`', '😀', '\ud800', '\0', '@', 'ALTER TABLE t', '/*! x */'],
];

/** A generator with a seed, so that a failure can be run again. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

t.test('any text gives statements or a Fault', async (t) => {
  const random = randomNumbers(20_261_122);
  for (let round = 0; round < 30_000; round += 1) {
    const prefix = round % 2 === 0 ? 'ALTER TABLE t ' : '';
    const separator = round % 3 === 0 ? '' : ' ';
    const text =
      prefix + Array.from({ length: random(14) }, () => scraps[random(scraps.length)]).join(separator);
    try {
      for (const statement of parseStatements(text)) {
        if (statement.spec === '' || statement.clauses.some((clause) => clause.text === '')) t.fail(text);
        if (parseStatements(`ALTER TABLE t ${statement.spec}`)[0]?.spec !== statement.spec) t.fail(text);
      }
    } catch (error) {
      if (!(error instanceof Fault)) t.fail(`${JSON.stringify(text)}: ${String(error)}`);
    }
  }
  t.pass();
});

const long: readonly [name: string, text: string][] = [
  ['clauses', `ALTER TABLE t ${Array.from({ length: 100_000 }, (_, i) => `ADD c${i} INT`).join(', ')}`],
  ['a list', `ALTER TABLE t ORDER BY ${'a, '.repeat(200_000)}a`],
  ['parentheses', `ALTER TABLE t ADD CHECK ${'('.repeat(200_000)}1${')'.repeat(200_000)}`],
  ['dots', `ALTER TABLE t CHANGE ${'a.'.repeat(200_000)}a b INT`],
  ['references', `ALTER TABLE t ADD (${'a INT REFERENCES p(x),'.repeat(50_000)} b INT)`],
  ['statements', 'ALTER TABLE t FORCE;'.repeat(50_000)],
  ['an index', `CREATE INDEX i ON t (${'a,'.repeat(200_000)}a) LOCK=NONE`],
];

for (const [name, text] of long) {
  t.test(`long: ${name}`, async (t) => {
    const startedAt = performance.now();
    t.ok(parseStatements(text).length > 0);
    t.ok(performance.now() - startedAt < 10_000);
  });
}

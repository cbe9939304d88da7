import t from 'tap';
import { harms } from '../../lib/checks/conversions/harms.js';
import type { Question } from '../../lib/rows/question.js';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { changeFacts } from '../support/facts.js';
import { sessionFor } from '../support/probing.js';
import { questionsBy } from '../support/questions.js';

const kinds = ['mysql-9.7', 'mariadb-10.11'] as const;

const create = `CREATE TABLE t (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  a INT, b VARCHAR(40), \`we\`\`ird\` VARCHAR(40), n INT, x VARCHAR(20), y VARCHAR(30), g POINT,
  d DATETIME(6), w INT, v INT AS (w + 1) VIRTUAL) DEFAULT CHARSET=utf8mb4`;
const rows = `INSERT INTO t (a, b, \`we\`\`ird\`, n, x, y, d) VALUES
  (1, 'short', 'fine', 5, 'xs', 'ys it is', '2024-01-02 03:04:05'),
  (300, 'longer than that', 'größe 😀', -7, 'eleven more', 'y', '2024-01-02 03:04:05.678'),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL)`;

/** The change, and what is asked of the rows: `id count`, with `!` where it may not be accepted. */
const cases: [alter: string, expected: string[]][] = [
  ['MODIFY a TINYINT', ['value-out-of-range! 1']],
  ['CHANGE a aa TINYINT UNSIGNED', ['value-out-of-range! 1']],
  ['MODIFY b VARCHAR(10), MODIFY n INT UNSIGNED', ['value-cut! 1', 'value-out-of-range! 1']],
  ['CHANGE `we``ird` wide VARCHAR(40) CHARACTER SET latin1', ['lossy-charset! 1']],
  [
    'CONVERT TO CHARACTER SET latin1',
    ['lossy-charset! 0', 'lossy-charset! 1', 'lossy-charset! 0', 'lossy-charset! 0'],
  ],
  ['MODIFY d DATETIME', ['value-rounded 1']],
  ['MODIFY b JSON', ['not-json! 2']],
  ['MODIFY b INT', ['not-a-number! 2', 'leading-zeros-lost 0', 'value-out-of-range! 0', 'value-rounded 0']],
  // Names that go around: each is asked under the name that it has now.
  ['CHANGE x y VARCHAR(20), CHANGE y x VARCHAR(9)', ['value-cut! 0']],
  ['CHANGE x y VARCHAR(5), CHANGE y x VARCHAR(30)', ['value-cut! 1']],
  // Not judged
  ['MODIFY g VARCHAR(20)', ['conversion-not-checked ?']],
  // Nothing to ask: wider, dropped, made anew, computed
  ['MODIFY a BIGINT, MODIFY b VARCHAR(80), MODIFY n DECIMAL(20,3)', []],
  ['MODIFY b TEXT, MODIFY d VARCHAR(40)', []],
  ['DROP COLUMN b', []],
  ['DROP COLUMN b, ADD COLUMN b INT', []],
  ['DROP COLUMN x, CHANGE b x VARCHAR(40)', []],
  ['MODIFY v TINYINT AS (w + 1) VIRTUAL', []],
  ["MODIFY a INT COMMENT 'how many', MODIFY b VARCHAR(40) COLLATE utf8mb4_bin", []],
  ['ADD COLUMN z INT, ADD INDEX (a)', []],
];

t.test('values that a change would harm are asked about by what changes, not by its words', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await schema.query(create);
    await schema.query(rows);
    for (const [alter, expected] of cases) {
      const facts = await changeFacts(session, server, schema, alter);
      const answers: string[] = [];
      for (const question of questionsBy(facts, ...Object.keys(harms), 'conversion-not-checked'))
        answers.push(await answer(schema, question));
      const wanted =
        alter.includes('DATETIME') && server.kind === 'mysql-9.7'
          ? ['value-out-of-range! 0', ...expected]
          : expected;
      t.same(answers, wanted, alter);
    }
  });
});

t.test('a copy stops at zero dates, in columns too that it does not touch', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await schema.query("SET SESSION sql_mode=''");
    await schema.query('CREATE TABLE t (id INT NOT NULL PRIMARY KEY, d DATE, m DATETIME, n INT)');
    await schema.query(
      "INSERT INTO t VALUES (1, '0000-00-00', NULL, 1), (2, '2024-01-02', '2024-00-10', 2), (3, '2024-01-02', NULL, 3)",
    );
    const copy = await changeFacts(session, server, schema, 'MODIFY n BIGINT');
    const [question] = questionsBy(copy, 'zero-date');
    if (question?.kind !== 'rows') throw new Error('nothing is asked');
    t.match(question.finding, { id: 'zero-date', final: true });
    const strict = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE';
    for (const [mode, count] of [
      ['STRICT_ALL_TABLES', 0],
      ['STRICT_ALL_TABLES,NO_ZERO_DATE', 1],
      [strict, 2],
    ] as const) {
      await schema.query(`SET SESSION sql_mode='${mode}'`);
      t.equal(await answer(schema, question), `zero-date! ${count}`, mode);
    }
    await t.rejects(schema.query('ALTER TABLE t MODIFY n BIGINT'), /0000-00-00/, 'a bare server stops there');
    const cheap = await changeFacts(session, server, schema, 'ADD INDEX (n)');
    t.same(questionsBy(cheap, 'zero-date'), [], 'what rewrites no rows lets them pass');
  });
});

async function answer(schema: Schema, question: Question): Promise<string> {
  const { id } = question.finding;
  if (question.kind !== 'rows') return `${id} ?`;
  const [row] = await schema.query<{ n: number }>(`SELECT COUNT(*) AS n FROM t WHERE ${question.offends}`);
  return `${id}${question.finding.final ? '!' : ''} ${row?.n}`;
}

import t from 'tap';
import { makePlan } from '../../lib/plan/make-plan.js';
import { forEachServer, freshSchema } from '../servers.js';
import { requestFor } from '../support/request.js';

const many = 10_000;

interface Case {
  table: string;
  rows: string;
  alter: string;
  samples: readonly string[];
  /** The ALTER itself fails, too. */
  alterFails?: true;
}

/** MySQL: MariaDB computes NULL, or the nearest number, where MySQL fails (measured). */
const cases: Readonly<Record<string, Case>> = {
  'a virtual column': {
    table: 'id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, qty TINYINT NOT NULL',
    rows: '(id, qty) VALUES (1, 4), (2, 0), (3, 2)',
    alter: 'ADD COLUMN inv DOUBLE GENERATED ALWAYS AS (POW(qty,-1)) VIRTUAL',
    samples: ['id=2'],
  },
  'a row among many': {
    table: 'id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, qty INT NOT NULL',
    rows: `(qty) SELECT IF(n = 7777, 0, n) FROM numbers`,
    alter: 'ADD COLUMN inv DOUBLE GENERATED ALWAYS AS (POW(qty,-1)) VIRTUAL',
    samples: ['id=7777'],
  },
  'an unsigned difference': {
    table: 'a INT UNSIGNED NOT NULL, b INT UNSIGNED NOT NULL, PRIMARY KEY (b, a)',
    rows: '(a, b) VALUES (5, 1), (1, 5), (2, 9)',
    alter: 'ADD COLUMN d BIGINT UNSIGNED AS (a - b) VIRTUAL',
    samples: ['b=5, a=1', 'b=9, a=2'],
  },
  'a stored column': {
    table: 'id INT PRIMARY KEY, j INT NOT NULL',
    rows: '(id, j) VALUES (1, 1), (2, 900)',
    alter: 'ADD COLUMN e DOUBLE AS (EXP(j)) STORED',
    samples: ['id=2'],
    alterFails: true,
  },
  'a table without a key': {
    table: 'qty INT NOT NULL',
    rows: '(qty) VALUES (1), (0)',
    alter: 'ADD COLUMN inv DOUBLE AS (POW(qty,-1)) VIRTUAL',
    samples: [],
  },
};

await forEachServer(t, ['mysql-5.7', 'mysql-8.0', 'mysql-9.7'], async (t, server) => {
  for (const [name, { table, rows, alter, samples, alterFails = false }] of Object.entries(cases)) {
    await t.test(`an expression that fails for a row: ${name}`, async (t) => {
      const schema = await freshSchema(t, server);
      await schema.query('CREATE TABLE numbers (n INT PRIMARY KEY)');
      await schema.query('INSERT INTO numbers VALUES (1)');
      for (let n = 1; n < many; n *= 2) {
        await schema.query(`INSERT INTO numbers SELECT n + ${n} FROM numbers`);
      }
      await schema.query(`CREATE TABLE t (${table}) ENGINE=InnoDB`);
      await schema.query(`INSERT INTO t ${rows}`);
      const [planned] = (await makePlan(requestFor(server, `ALTER TABLE ${schema.name}.t ${alter}`)))
        .statements;
      t.match(planned, { strategy: 'refuse', refusal: { exitCode: 4 }, reasons: [{ id: 'not-computable' }] });
      const check = planned?.checks.find(({ id }) => id === 'not-computable');
      t.match(check, { samples, count: Math.max(1, samples.length), text: 'The server says: ' });
      const bare = await schema.query(`ALTER TABLE t ${alter}`).catch((error: unknown) => error);
      const read = await schema.query('SELECT * FROM t').catch((error: unknown) => error);
      t.equal(bare instanceof Error, alterFails, 'the bare server');
      t.equal(
        read instanceof Error,
        !alterFails,
        'cannot read the row any more, unless the ALTER has failed',
      );
    });
  }
});

await forEachServer(t, ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  await t.test('an expression that holds for every row', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20))');
    await schema.query("INSERT INTO t VALUES (1, NULL, NULL), (2, 0, ''), (3, -5, 'x')");
    const sql = `ALTER TABLE ${schema.name}.t ADD c INT AS (a + 1) VIRTUAL, ADD d VARCHAR(30) AS (UPPER(b)) VIRTUAL`;
    const [planned] = (await makePlan(requestFor(server, sql))).statements;
    t.notMatch(planned, { strategy: 'refuse' });
    t.ok(planned?.checks.some(({ id }) => id === 'rows-fit'));
  });
});

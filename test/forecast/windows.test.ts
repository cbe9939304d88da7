import t from 'tap';
import { copyWindow, rowsByDensity } from '../../lib/forecast/copy-windows.js';
import { findWindows } from '../../lib/forecast/windows.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { inspectTable } from '../../lib/inspect/table.js';
import { type Position, upTo, type Walk, walkOf } from '../../lib/rows/walk.js';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { sessionFor } from '../support/probing.js';

const rows = 20_000;

async function numbers(schema: Schema): Promise<void> {
  await schema.query('CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY)');
  await schema.query('INSERT INTO numbers VALUES (1)');
  for (let n = 1; n < rows; n *= 2) {
    await schema.query(`INSERT INTO numbers SELECT n + ${n} FROM numbers WHERE n + ${n} <= ${rows}`);
  }
}

/** The columns of the primary key, and what they are of row n. */
const keys = {
  number: ['id INT NOT NULL, PRIMARY KEY (id)', 'n'],
  'number with gaps': ['id BIGINT NOT NULL, PRIMARY KEY (id)', 'n * 3 + IF(n > 5000, 1000000, 0)'],
  composite: ['a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b)', 'n % 7, n'],
  text: ['id VARCHAR(64) NOT NULL, PRIMARY KEY (id)', 'SHA2(n, 224)'],
  bytes: ['id BINARY(16) NOT NULL, PRIMARY KEY (id)', 'UNHEX(LEFT(SHA2(n, 224), 32))'],
  date: [
    'd DATETIME NOT NULL, n INT NOT NULL, PRIMARY KEY (d, n)',
    "'2024-01-01' + INTERVAL n % 999 HOUR, n",
  ],
} as const;

function keyOf(facts: Parameters<typeof walkOf>[0]): Walk {
  const walk = walkOf(facts);
  if (walk === undefined) throw new Error('no key');
  return walk;
}

t.test('windows are spread over the rows, whatever the key is', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await numbers(schema);
    for (const [name, [columns, values]] of Object.entries(keys)) {
      await schema.query(`CREATE TABLE t (${columns})`);
      await schema.query(`INSERT INTO t SELECT ${values} FROM numbers`);
      const facts = await inspectTable(session, await inspectServer(session), {
        schema: schema.name,
        name: 't',
      });
      const key = keyOf(facts);
      // Once as it is, and once as if it were too large to be walked through.
      for (const count of name === 'date' || name === 'number with gaps' ? [rows] : [rows, 1e9]) {
        const table = { ...facts, rows: { count, exact: false } };
        const found = await findWindows(session, table, key, 25, new AbortController().signal);
        const ranks: number[] = [0];
        for (const { start } of found?.windows ?? []) {
          const [row] = await schema.query<{ rank: number }>(
            `SELECT COUNT(*) AS \`rank\` FROM t WHERE ${upTo(key, start)}`,
          );
          ranks.push(Number(row?.rank));
        }
        ranks.push(rows);
        const gaps = ranks.slice(1).map((rank, n) => rank - (ranks[n] ?? 0));
        const label = `${name}, ${count}: ${ranks.length - 2} windows, at most ${Math.max(...gaps)} rows apart`;
        t.ok(gaps.every((gap) => gap >= 0) && Math.max(...gaps) < rows / 5, label);
        // Of a text that is divided, and of a number with a gap, some places lead to the same row.
        t.ok(ranks.length - 2 >= 8, label);
      }
      await schema.query('DROP TABLE t');
    }
  });
});

t.test('an estimate that is far too low makes neither more windows nor fewer rows', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await numbers(schema);
    await schema.query('CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b))');
    await schema.query('INSERT INTO t SELECT n % 7, n FROM numbers');
    const name = { schema: schema.name, name: 't' };
    const facts = await inspectTable(session, await inspectServer(session), name);
    const table = { ...facts, rows: { count: rows / 10, exact: false } };
    const found = await findWindows(session, table, keyOf(facts), 25, new AbortController().signal);
    t.equal(found?.windows.length, 25);
    t.ok(Math.abs((found?.rows ?? 0) / rows - 1) < 0.02, `${found?.rows}`);
  });
});

t.test('a sample of rows that grow is as wide as they are, and tells how many there are', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await numbers(schema);
    await schema.query('CREATE TABLE t (id INT NOT NULL PRIMARY KEY, x TEXT NOT NULL)');
    await schema.query("INSERT INTO t SELECT n * 2, REPEAT('x', 10 + n DIV 20) FROM numbers");
    const facts = await inspectTable(session, await inspectServer(session), {
      schema: schema.name,
      name: 't',
    });
    const walk = keyOf(facts);
    const found = await findWindows(session, facts, walk, 25, new AbortController().signal);
    const average = async (windows: readonly { start: Position; places: readonly bigint[] }[]) => {
      await schema.query('DROP TABLE IF EXISTS c');
      await schema.query('CREATE TABLE c LIKE t');
      const columns = [
        { from: 'id', to: 'id' },
        { from: 'x', to: 'x' },
      ];
      const route = {
        session,
        table: facts,
        to: { schema: schema.name, name: 'c' },
        columns,
        walk,
        size: 100,
        locks: true,
      };
      const chunks = [];
      for (const window of windows) {
        const chunk = await copyWindow(route, window);
        if (chunk) chunks.push(chunk);
      }
      const [row] = await schema.query<{ mean: number; rows: number }>(
        'SELECT AVG(LENGTH(x)) AS mean, COUNT(*) AS `rows` FROM c',
      );
      return { mean: Number(row?.mean), copied: Number(row?.rows), rows: rowsByDensity(chunks, found?.ends) };
    };
    const spread = await average(found?.windows ?? []);
    const first = await average(Array.from({ length: 25 }, (_, n) => ({ start: [n * 200], places: [] })));
    t.same([spread.copied, first.copied], [2_500, 2_500], 'as many rows');
    t.ok(Math.abs(spread.mean / 510 - 1) < 0.1, `spread: ${spread.mean} of 510 bytes`);
    t.ok(first.mean < 510 / 4, `the first rows: ${first.mean} of 510 bytes`);
    t.ok(Math.abs((spread.rows ?? 0) / rows - 1) < 0.05, `${spread.rows} of ${rows} rows`);
  });
});

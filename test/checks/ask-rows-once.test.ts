import t from 'tap';
import { askRows } from '../../lib/checks/shared/ask-rows.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { inspectTable } from '../../lib/inspect/table.js';
import type { Question } from '../../lib/rows/question.js';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { keyOf, makeNumbers, rowsWhere } from '../support/asking.js';
import { sessionFor } from '../support/probing.js';
import { settingsFor } from '../support/settings.js';

const power = 16;
const rows = 2 ** power;

const ofRows = [rowsWhere('`a` < 0'), rowsWhere('`b` IS NULL'), rowsWhere('CHAR_LENGTH(`c`) > 30')];
const ofKeys = [keyOf('`a`'), keyOf('`b`', '`a`'), keyOf('UPPER(`c`)')];

/** What is asked, and how often the server reads each row for it. */
const cases: readonly { name: string; key: string; ask: readonly Question[]; readings: number }[] = [
  { name: 'questions about rows', key: 'PRIMARY KEY (a)', ask: ofRows, readings: 1 },
  {
    name: 'questions about keys',
    key: 'PRIMARY KEY (b, a)',
    ask: [keyOf('`b`', '`c`'), keyOf('UPPER(`c`)')],
    readings: 1,
  },
  { name: 'both', key: 'UNIQUE (a)', ask: [...ofRows, ...ofKeys.slice(1)], readings: 2 },
  // The places to cut at are looked for in the key.
  { name: 'rows along a key of several columns', key: 'PRIMARY KEY (b, a)', ask: ofRows, readings: 2 },
  { name: 'rows without a key', key: 'KEY (a)', ask: ofRows, readings: 1 },
];

t.test('a table in which all rows fit is read once for each group of questions', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    const facts = await inspectServer(session);
    await makeNumbers(schema, power);
    for (const { name, key, ask, readings } of cases) {
      await schema.query('DROP TABLE IF EXISTS t');
      await schema.query(
        `CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, c VARCHAR(40), ${key}) DEFAULT CHARSET utf8mb4`,
      );
      await schema.query("INSERT INTO t SELECT i, i % 10, CONCAT('c', i) FROM numbers");
      const table = await inspectTable(session, facts, { schema: schema.name, name: 't' });
      const before = await fetched(schema);
      const checks = await askRows(ask, {
        table,
        server: facts,
        settings: settingsFor(server),
        emit: () => {},
        signal: new AbortController().signal,
      });
      t.match(checks, [{ id: 'rows-fit', level: 'ok', text: /65,536 rows/ }], name);
      const read = (await fetched(schema)) - before;
      t.ok(read >= rows * 0.99, `${name}: ${read} reads see all ${rows} rows`);
      t.ok(read <= rows * readings * 1.01, `${name}: ${read} reads of ${rows} rows, ${readings} of each`);
    }
  });
});

/** Rows of the table that the server has read so far, whoever asked. */
async function fetched(schema: Schema): Promise<number> {
  const [row] = await schema.query<{ fetched: string }>(
    `SELECT SUM(COUNT_FETCH) AS fetched FROM performance_schema.table_io_waits_summary_by_table
      WHERE OBJECT_SCHEMA=? AND OBJECT_NAME='t'`,
    [schema.name],
  );
  return Number(row?.fetched);
}

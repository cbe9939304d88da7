import { drizzle } from 'drizzle-orm/mysql2';
import { migrate } from 'drizzle-orm/mysql2/migrator';
import t, { type Test } from 'tap';
import mysql2 from '../../../lib/adapters/mysql2.js';
import type { StatementResult } from '../../../lib/documents/result.js';
import { forEachServerInTurn, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { errorFacts, quietly } from '../side-by-side.js';

const data = "UPDATE t SET name = 'changed';";
const change = 'ALTER TABLE t ADD more INT;';
const breakpoint = '--> statement-breakpoint\n';

t.test('the transaction that Drizzle opens around all migrations', async (t) => {
  quietly(t);
  await forEachServerInTurn(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    await t.test('data and a change of a table, each in a migration of its own', async (t) => {
      const found = await migrated(t, server, [data, change]);
      t.strictSame(found, { error: undefined, names: ['changed', 'changed'], hasMore: true, recorded: 2 });
    });

    await t.test('a change first, and data behind it', async (t) => {
      const found = await migrated(t, server, [`${change}${breakpoint}${data}`]);
      t.strictSame(found, { error: undefined, names: ['changed', 'changed'], hasMore: true, recorded: 1 });
    });

    await t.test('data and then a change in one migration is refused', async (t) => {
      const { error, ...found } = await migrated(t, server, [`${data}${breakpoint}${change}`]);
      t.strictSame(found, { names: ['same', 'same'], hasMore: false, recorded: 0 }, 'nothing is changed');
      t.equal(errorFacts(error).class, 'DrizzleQueryError');
      t.match(endingOf(error), {
        outcome: 'refused',
        reason: { id: 'open-transaction' },
        next: /a migration of their own, or commit before the change/,
      });
    });

    await t.test('the way out within one migration: COMMIT before the change', async (t) => {
      const text = [data, 'COMMIT;', change].join(breakpoint);
      const found = await migrated(t, server, [text]);
      t.strictSame(found, { error: undefined, names: ['changed', 'changed'], hasMore: true, recorded: 1 });
    });

    await t.test('a comment in the file asks for a way', async (t) => {
      const text = `/* alterwise review-rows=1 */ ${change}`;
      const { error, hasMore } = await migrated(t, server, [text]);
      t.notOk(hasMore);
      t.match(endingOf(error), { outcome: 'not-started', exitCode: 3 });
    });

    await t.test('a unique index over rows that are not unique', async (t) => {
      const unique = 'ALTER TABLE `t` ADD CONSTRAINT `once` UNIQUE(`name`);';
      const { error, ...found } = await migrated(t, server, [change, unique]);
      t.strictSame(found, { names: ['same', 'same'], hasMore: true, recorded: 1 });
      const facts = { class: 'DrizzleQueryError', code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' };
      t.strictSame(errorFacts(error), facts);
      t.match(endingOf(error), { outcome: 'refused', reason: { id: 'duplicate-key' } });
    });
  });
});

/** Makes a table with two rows, runs these migrations, and tells what has become of it. */
async function migrated(t: Test, { host, port, user, password, kind }: TestServer, texts: readonly string[]) {
  const schema = await freshSchema(t, { host, port, user, password, kind });
  await schema.query("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) DEFAULT 'same')");
  await schema.query('INSERT INTO t VALUES (), ()');
  const pool = mysql2.createPool({ host, port, user, password, database: schema.name });
  let error: unknown;
  try {
    await migrate(drizzle(pool), { migrationsFolder: folderOf(t, texts) });
  } catch (thrown) {
    error = thrown;
  } finally {
    await pool.promise().end();
  }
  return { error, ...(await stateOf(schema)) };
}

/** As drizzle-kit writes it. */
function folderOf(t: Test, texts: readonly string[]): string {
  const tags = texts.map((_, idx) => `000${idx}_one`);
  const entries = tags.map((tag, idx) => ({ idx, version: '5', when: idx + 1, tag, breakpoints: true }));
  return t.testdir({
    meta: { '_journal.json': JSON.stringify({ version: '7', dialect: 'mysql', entries }) },
    ...Object.fromEntries(tags.map((tag, idx) => [`${tag}.sql`, texts[idx] ?? ''])),
  });
}

async function stateOf(schema: Schema) {
  const rows = await schema.query<{ name: string }>('SELECT * FROM t ORDER BY id');
  const recorded = await schema.query('SELECT id FROM __drizzle_migrations');
  return {
    names: rows.map(({ name }) => name),
    hasMore: rows.every((row) => 'more' in row),
    recorded: recorded.length,
  };
}

function endingOf(error: unknown): StatementResult | undefined {
  const { cause } = error as { cause?: { alterwise?: StatementResult } };
  return cause?.alterwise;
}

import t, { type Test } from 'tap';
import { DataSource, type MigrationInterface, QueryFailedError, type QueryRunner } from 'typeorm';
import mysql2 from '../../../lib/adapters/mysql2.js';
import type { StatementResult } from '../../../lib/documents/result.js';
import { forEachServerInTurn, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { quietly } from '../side-by-side.js';

type Mode = 'all' | 'each' | 'none';
type Work = (queryRunner: QueryRunner) => Promise<unknown>;

let count = 0;

const data = "UPDATE t SET name = 'changed'";
const ddl = 'ALTER TABLE t ADD more INT';

const onlyData = migration('OnlyData', (q) => q.query(data));
const onlyDdl = migration('OnlyDdl', (q) => q.query(ddl));
const both = migration('Both', async (q) => {
  await q.query(data);
  await q.query(ddl);
});
const bothOutside = migration('BothOutside', both.work, false);
const ddlFirst = migration('DdlFirst', async (q) => {
  await q.query(ddl);
  await q.query(data);
});
const uniqueName = migration('UniqueName', (q) => q.query('CREATE UNIQUE INDEX once ON t (name)'));

t.test('the transactions that TypeORM opens around migrations', async (t) => {
  quietly(t);
  await forEachServerInTurn(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    for (const mode of ['all', 'each', 'none'] as const) {
      await t.test(`${mode}: data and a change of a table, each in a migration of its own`, async (t) => {
        const found = await migrated(t, server, mode, [onlyData, onlyDdl]);
        t.match(found, { error: undefined, names: ['changed', 'changed'], hasMore: true });
        t.strictSame(found.recorded, [onlyData.title, onlyDdl.title]);
      });

      await t.test(`${mode}: a change first, and data behind it`, async (t) => {
        const found = await migrated(t, server, mode, [ddlFirst]);
        t.match(found, { error: undefined, names: ['changed', 'changed'], hasMore: true });
      });
    }

    for (const mode of ['all', 'each'] as const) {
      await t.test(`${mode}: data and then a change in one migration is refused`, async (t) => {
        const { error, ...found } = await migrated(t, server, mode, [both]);
        t.strictSame(found, { names: ['same', 'same'], hasMore: false, recorded: [] }, 'nothing is changed');
        t.ok(error instanceof QueryFailedError, 'with an error of the class that TypeORM has for it');
        t.match(endingOf(error), {
          outcome: 'refused',
          exitCode: 4,
          reason: { id: 'open-transaction' },
          next: /a migration of their own.*turn off the transaction/,
        });
      });
    }

    await t.test('the ways out: no transaction around it', async (t) => {
      for (const [mode, one] of [['none', both] as const, ['each', bothOutside] as const]) {
        const found = await migrated(t, server, mode, [one]);
        t.match(found, { error: undefined, names: ['changed', 'changed'], hasMore: true }, mode);
        t.strictSame(found.recorded, [one.title]);
      }
    });

    await t.test('a change that somebody has made by hand', async (t) => {
      const found = await migrated(t, server, 'each', [onlyDdl], 'ALTER TABLE t ADD more INT');
      t.match(found, { error: undefined, hasMore: true, recorded: [onlyDdl.title] });
    });

    await t.test('a unique index over rows that are not unique', async (t) => {
      const { error, ...found } = await migrated(t, server, 'each', [onlyDdl, uniqueName]);
      t.strictSame(found, { names: ['same', 'same'], hasMore: true, recorded: [onlyDdl.title] });
      t.ok(error instanceof QueryFailedError);
      t.match(error, { code: 'ER_DUP_ENTRY', errno: 1062, driverError: { sqlState: '23000' } });
      t.match(endingOf(error), { outcome: 'refused', reason: { id: 'duplicate-key' } });
    });
  });
});

/** @param transaction absent: as the mode says */
function migration(title: string, work: Work, transaction?: boolean) {
  const named = `${title}${1_760_000_000_000 + ++count}`;
  class Migration implements MigrationInterface {
    name = named;
    up = work;
    down = async () => {};
  }
  if (transaction !== undefined) Object.assign(Migration.prototype, { transaction });
  return { title: named, work, Migration };
}

/** Makes a table with two rows, runs these migrations, and tells what has become of it. */
async function migrated(
  t: Test,
  server: TestServer,
  transaction: Mode,
  all: ReturnType<typeof migration>[],
  byHand?: string,
) {
  const schema = await freshSchema(t, server);
  await schema.query("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) DEFAULT 'same')");
  await schema.query('INSERT INTO t VALUES (), ()');
  if (byHand !== undefined) await schema.query(byHand);
  const source = await connect(
    server,
    schema,
    all.map(({ Migration }) => Migration),
  );
  let error: unknown;
  try {
    await source.runMigrations({ transaction });
  } catch (thrown) {
    error = thrown;
  } finally {
    await source.destroy();
  }
  const rows = await schema.query<{ name: string }>('SELECT * FROM t ORDER BY id');
  const recorded = await schema.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
  return {
    error,
    names: rows.map(({ name }) => name),
    hasMore: rows.every((row) => 'more' in row),
    recorded: recorded.map(({ name }) => name),
  };
}

async function connect(
  { host, port, user, password, kind }: TestServer,
  { name }: Schema,
  migrations: (new () => MigrationInterface)[],
): Promise<DataSource> {
  const type = kind.startsWith('mariadb') ? 'mariadb' : 'mysql';
  const source = new DataSource({
    ...{ type, database: name, host, port, username: user, password },
    driver: mysql2,
    migrations,
    logging: false,
  });
  return await source.initialize();
}

function endingOf(error: unknown): StatementResult | undefined {
  const { driverError } = error as { driverError?: { alterwise?: StatementResult } };
  return driverError?.alterwise;
}

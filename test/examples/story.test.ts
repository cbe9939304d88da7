import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { startWriters } from '../support/writers.js';
import { changesMade } from './changes-made.js';
import { mustRun, type Place, stateFolder } from './example.js';
import { tablesOf } from './schema-of.js';
import { baseTables, byHand, oldApplication, writeMigrations } from './story-migrations.js';

/** Of the table that all write to; the story's had 4.2 million. */
const rows = Number(process.env.ALTERWISE_TEST_STORY_ROWS ?? 60_000);
/** An attempt at a lock may hold writers for a second, and a swap for twice its lock timeout; as set below. */
const stallBudgetMs = 2_000;

t.test('47 migrations, two of them made by hand before, on a table that is in use', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const { path } = await installGhost();
    const migrations = join(t.testdir({ 'package.json': '{}' }), 'migrations');
    const names = await writeMigrations(migrations);
    t.equal(names.length, 47);
    const migrate = ['npx', 'sequelize-cli', 'db:migrate', '--migrations-path', migrations];

    const schema = await freshSchema(t, server);
    for (const sql of baseTables) await schema.query(sql);
    await fill(schema);
    for (const sql of byHand) await schema.query(sql);
    await schema.query('CREATE TABLE elsewhere (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY)');
    const writers = await startWriters(
      t,
      schema,
      'INSERT INTO orders (reference, total) VALUES (UUID(), 9.99)',
    );
    // How long this machine itself makes a write wait.
    const control = await startWriters(t, schema, 'INSERT INTO elsewhere () VALUES ()');
    const report = await schema.connect();
    await report.query('START TRANSACTION');
    await report.query('SELECT COUNT(*) FROM orders');

    const old = asBefore(schema);
    let reported = '';
    let isReleased = false;
    const release = async () => {
      isReleased = true;
      await sleep(4_000);
      await report.query('COMMIT');
    };
    let released: Promise<void> | undefined;
    const state = stateFolder(t);
    const place: Place = {
      ...{ server, schema, state },
      env: {
        GH_OST: path,
        ALTERWISE_LOCK_WAIT_TIMEOUT: '1',
        ALTERWISE_CUT_OVER_LOCK_TIMEOUT: '1',
        ALTERWISE_VERBOSE: 'true',
        NODE_NO_WARNINGS: '1',
      },
      onStderr: (text) => {
        reported += text;
        if (!isReleased && reported.includes('Waiting for an old transaction')) released = release();
      },
    };
    const began = performance.now();
    await mustRun('sequelize', migrate, place);
    const took = performance.now() - began;
    await released;
    await old.stop();
    await Promise.all([writers.stop(), control.stop()]);

    t.ok(took < 240_000, `it ended after ${Math.round(took / 1000)} s`);
    t.ok(isReleased, 'the transaction was in the way');
    const stalled = writers.longestMs();
    const unquiet = control.longestMs();
    t.ok(
      stalled < stallBudgetMs + unquiet,
      `writers stalled ${Math.round(stalled)} ms; others ${Math.round(unquiet)} ms`,
    );
    t.ok(writers.writes() > 100, `${writers.writes()} writes`);
    t.ok(old.times() > 1, `the old application was through its statements ${old.times()} times`);

    const meta = await schema.query<{ name: string }>('SELECT name FROM SequelizeMeta ORDER BY name');
    t.strictSame(
      meta.map(({ name }) => name),
      names,
    );
    const changes = await changesMade(state);
    const inPlace = changes.filter(({ outcome }) => outcome === 'nothing');
    t.strictSame(
      inPlace.map(({ sql }) => sql),
      [
        'DROP INDEX orders_reference ON orders',
        'CREATE UNIQUE INDEX orders_reference_key ON orders (reference)',
        'ALTER TABLE `orders` ADD `source` VARCHAR(20)',
      ],
    );
    t.ok(changes.every(({ outcome }) => outcome === 'nothing' || outcome === 'done'));
    t.strictSame(
      changes.filter(({ strategy }) => strategy === 'gh-ost').map(({ sql }) => sql),
      ['ALTER TABLE orders MODIFY quantity BIGINT NOT NULL DEFAULT 1'],
    );

    t.match(
      reported,
      `orders: nothing to do: Already in place: what ADD UNIQUE INDEX \`orders_reference_key\``,
    );
    t.match(reported, `connection ${report.threadId} ${server.user}@`, 'it says who holds the table');
    t.equal([...reported.matchAll(/^\S+Z \S+: (?:done in|nothing to do)/gm)].length, changes.length);
    const verdicts = [...reported.matchAll(/\.orders: \S+\n {2}Summary[\s\S]*?(?=^\S+Z )/gm)].map(oldAppIn);
    t.strictSame(
      verdicts.filter((verdict) => verdict === 'fails'),
      [],
      'the old application works on',
    );
    t.ok(verdicts.filter((verdict) => verdict !== undefined).length >= 4, verdicts.join());

    const plain = await freshSchema(t, server);
    for (const sql of baseTables) await plain.query(sql);
    await mustRun('sequelize', migrate, { server, schema: plain });
    const { elsewhere: _, ...found } = await tablesOf(schema);
    const kept = Object.keys(found).filter((name) => /^_orders_\d+_del$/.test(name));
    t.equal(kept.length, 1, 'the original is kept');
    for (const name of kept) delete found[name];
    t.strictSame(found, await tablesOf(plain), 'the schema is what the migrations make of it');
    await mustRun('sequelize', migrate, place);
    t.equal((await changesMade(state)).length, changes.length, 'once more: nothing is left to do');
  });
});

async function fill(schema: Schema): Promise<void> {
  await schema.query("INSERT INTO customers (email, name) VALUES ('ada@example.com', 'Ada')");
  await schema.query("INSERT INTO orders (reference, total) VALUES ('first', 1)");
  for (let have = 1; have < rows; have *= 2) {
    await schema.query(
      `INSERT INTO orders (reference, total) SELECT UUID(), total FROM orders LIMIT ${rows - have}`,
    );
  }
  await schema.query('ANALYZE TABLE orders');
}

/** The application of before goes on with its statements; the first that fails is told by `stop`. */
function asBefore(schema: Schema): { times(): number; stop(): Promise<void> } {
  let going = true;
  let times = 0;
  const loop = (async () => {
    const connection = await schema.connect();
    while (going) {
      for (const sql of oldApplication) await connection.query(sql);
      times++;
      await sleep(50);
    }
    // And once more, after all is done.
    for (const sql of oldApplication) await connection.query(sql);
  })();
  loop.catch(() => {});
  return {
    times: () => times,
    stop: async () => {
      going = false;
      await loop;
    },
  };
}

/** What a printed plan says of the application of before on the new schema. */
function oldAppIn([plan]: RegExpExecArray): string | undefined {
  return /^ {2}Deployed app (\w+)/m.exec(plan)?.[1];
}

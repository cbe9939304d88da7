import { appendFileSync, chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { RowDataPacket } from 'mysql2/promise';
import t, { type Test } from 'tap';
import type { RunResult } from '../../lib/documents/result.js';
import type { Request } from '../../lib/plan/request.js';
import { run } from '../../lib/run/run.js';
import type { Settings } from '../../lib/settings/settings.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { severalAtOnce } from '../support/at-once.js';
import { privateTemp } from '../support/ghost-stage.js';
import { migrationFor } from '../support/migration.js';
import { settingsFor } from '../support/settings.js';
import { changedNothing, continues } from '../support/texts.js';

/** Ten statements, of which most would do harm or fail if they ran twice. */
const ten = `
  SET @by = 10;
  CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, note VARCHAR(20));
  INSERT INTO log (note) VALUES ('begun');
  ALTER TABLE o ADD COLUMN tax INT;
  UPDATE o SET total = total + @by;
  ALTER TABLE o ADD INDEX (tax), DROP COLUMN old;
  RENAME TABLE other TO others;
  DELETE FROM others WHERE id = (SELECT * FROM (SELECT MIN(id) FROM others) first);
  ALTER TABLE others MODIFY a VARCHAR(30);
  INSERT INTO log (note) VALUES ('ended')`;
// A run that is killed leaves a folder with its socket.
privateTemp(t);
const program = fileURLToPath(new URL('./migration-main.ts', import.meta.url));

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('killed between any two statements, a second run comes to the same end', async (t) => {
    const undisturbed = await database(t, server);
    t.match(await undisturbed.run(ten), { exitCode: 0 });
    const end = await undisturbed.content();
    const cases = Array.from({ length: 9 }, (_, i) => [`after ${i + 1} statements`, i + 1] as const);
    await severalAtOnce(t, cases, async (t, after) => {
      const on = await database(t, server);
      await on.killAfter(ten, after);
      const { exitCode, statements } = await on.run(ten);
      t.equal(exitCode, 0, JSON.stringify(statements.find((each) => each.exitCode)));
      t.same(await on.content(), end);
      const skipped = statements.slice(0, after).filter(({ sql }) => !sql.startsWith('SET'));
      t.same(
        new Set(skipped.map(({ outcome, reason }) => `${outcome} ${reason.id}`)),
        after > 1 ? new Set(['nothing recorded']) : new Set(),
      );
      t.match(skipped[0]?.reason.text ?? 'Done by run run-', /Done by run run-/);
    });
  });

  t.test('a run that has ended well is not run again', async (t) => {
    const on = await database(t, server);
    await on.run(ten);
    const content = await on.content();
    const again = await on.run(ten);
    t.same([...new Set(again.statements.slice(1).map(({ outcome }) => outcome))], ['nothing']);
    t.same(await on.content(), content);
  });

  t.test('a statement that failed can be mended, and those before it are not repeated', async (t) => {
    const on = await database(t, server);
    const file = (last: string) => `UPDATE o SET total = total + 1; ALTER TABLE o ADD z INT; ${last}`;
    await on.schema.query('INSERT INTO other VALUES (7, NULL)');
    const failed = await on.run(file('INSERT INTO other VALUES (7, NULL)'));
    t.match(failed, {
      exitCode: 4,
      statements: [{ outcome: 'done' }, { outcome: 'done' }, { outcome: 'refused' }],
    });
    t.match(failed.statements[2], { state: changedNothing, next: /what is done is not done twice/ });
    const mended = await on.run(file('INSERT INTO other VALUES (8, NULL)'));
    t.match(mended, {
      exitCode: 0,
      statements: [{ outcome: 'nothing' }, { outcome: 'nothing' }, { outcome: 'done' }],
    });
    t.same(await on.schema.query('SELECT total FROM o ORDER BY id'), [{ total: 2 }, { total: 3 }]);
    await rejects(
      t,
      on.run(file('SET @a = 1').replace('ADD z INT', 'ADD z BIGINT')),
      'changed-since',
      10,
      /Statement 2 was done .* with another text/,
    );
  });

  t.test('a statement that was cut off is asked about, not repeated', async (t) => {
    const on = await database(t, server);
    const file = 'ALTER TABLE o ADD z INT; UPDATE o SET total = total + 1; ALTER TABLE o ADD y INT';
    await on.killAfter(file, 1);
    on.addToRecord({
      type: 'start',
      index: 1,
      verb: 'UPDATE',
      tables: [{ schema: on.schema.name, name: 'o' }],
      at: 'now',
    });
    const doubt = await on.run(file);
    t.match(doubt, {
      exitCode: 9,
      statements: [{}, { outcome: 'refused', reason: { id: 'perhaps-done' } }, { outcome: 'not-started' }],
    });
    const next = doubt.statements[1]?.next;
    for (const id of ['perhaps-done', 'was-done']) t.match(next, `--accept ${id}`);
    const total = async () =>
      (await on.schema.query<{ total: number }>('SELECT total FROM o WHERE id = 1'))[0]?.total;
    t.equal(await total(), 1);
    t.match(await on.run(file, { accept: ['was-done'] }), {
      exitCode: 0,
      statements: [{}, { outcome: 'nothing' }, { outcome: 'done' }],
    });
    t.equal(await total(), 1);
    const twice = await database(t, server);
    await twice.killAfter(file, 1);
    twice.addToRecord({ type: 'start', index: 1, verb: 'UPDATE', tables: [], at: 'now' });
    const accept = ['perhaps-done'];
    const unread = await twice.run(file, { accept });
    t.match(
      unread,
      { exitCode: 3, statements: [{ reason: { id: 'review-required' } }] },
      'and somebody has to read that',
    );
    const review = { ...settingsFor(server).review, approve: unread.plan };
    t.match(await twice.run(file, { accept }, { review }), {
      exitCode: 0,
      statements: [{ outcome: 'nothing' }, { outcome: 'done' }, { outcome: 'done' }],
    });
    t.same(await twice.schema.query('SELECT total FROM o WHERE id = 1'), [{ total: 2 }]);
  });

  t.test('a second run that ends before it has come to anything forgets nothing of the first', async (t) => {
    const on = await database(t, server);
    const file = (last: string) => `SET @by = 1; UPDATE o SET total = total + @by; ${last}`;
    await on.run(file('INSERT INTO other VALUES (1, NULL)'));
    const stop = new AbortController();
    const aborted = await on.run(
      file('INSERT INTO other VALUES (8, NULL)'),
      {},
      {},
      { signal: stop.signal, emit: ({ type }) => type === 'plan' && stop.abort() },
    );
    const notStarted = { outcome: 'not-started' };
    t.match(aborted, { exitCode: 6, statements: [{ outcome: 'aborted' }, notStarted, notStarted] });
    t.match(aborted.statements[1]?.next, continues);
    t.equal(aborted.statements[2]?.next, undefined, 'said once');
    const third = await on.run(file('INSERT INTO other VALUES (8, NULL)'));
    t.match(third, { exitCode: 0, statements: [{}, { outcome: 'nothing' }, { outcome: 'done' }] });
    t.same(await on.schema.query('SELECT total FROM o ORDER BY id'), [{ total: 2 }, { total: 3 }]);
  });

  t.test('a statement that was lost with its connection is asked about, not repeated', async (t) => {
    const on = await database(t, server);
    const other = await on.schema.connect();
    const [ids] = await other.query<RowDataPacket[]>('SELECT CONNECTION_ID() AS id');
    await other.query('BEGIN');
    await other.query('UPDATE o SET total = 0 WHERE id = 2');
    const file = 'UPDATE o SET total = total + 1; UPDATE o SET total = total + 1 WHERE id = 2';
    const killed = on.run(file, {}, { lockWaitTimeoutSeconds: 20 });
    await killWaiting(on.schema, Number(ids[0]?.id));
    t.match(await killed, { exitCode: 9, statements: [{ outcome: 'unknown' }, { outcome: 'not-started' }] });
    await other.query('ROLLBACK');
    t.match(await on.run(file), { exitCode: 9, statements: [{ reason: { id: 'perhaps-done' } }, {}] });
  });

  t.test('tables that perhaps have changed places already are not changed back', async (t) => {
    const on = await database(t, server);
    const file = 'ALTER TABLE o ADD z INT; RENAME TABLE o TO tmp, other TO o, tmp TO other; SET @a = 1';
    await on.killAfter(file, 1);
    on.addToRecord({ type: 'start', index: 1, verb: 'RENAME TABLE', tables: [], at: 'now' });
    t.match(await on.run(file), { exitCode: 9, statements: [{}, { reason: { id: 'perhaps-done' } }, {}] });
  });

  t.test('where somebody else has changed a table since, nothing is repeated behind his back', async (t) => {
    const on = await database(t, server);
    const file = 'UPDATE o SET total = total + 1; ALTER TABLE o ADD z INT; ALTER TABLE o ADD y INT';
    await on.killAfter(file, 2);
    await on.schema.query('ALTER TABLE o DROP COLUMN z');
    await rejects(t, on.run(file), 'changed-since', 10, /2 of 3 statements, and .*\.o was changed/);
    t.match(await on.run(file, { accept: ['changed-since'] }), {
      exitCode: 0,
      statements: [{ outcome: 'nothing' }, { outcome: 'nothing' }, { outcome: 'done' }],
    });
    const changes = 'ALTER TABLE o ADD z INT; ALTER TABLE o ADD x INT';
    t.match(await on.run(changes), { exitCode: 0 });
    await on.schema.query('ALTER TABLE o DROP COLUMN z');
    t.match(
      await on.run(changes),
      { exitCode: 0, statements: [{ outcome: 'done' }, { outcome: 'nothing' }] },
      'changes of tables are looked at themselves',
    );
  });

  t.test('what cannot be recorded is not begun, but for a single change', async (t) => {
    const on = await database(t, server);
    const stateDir = join(on.stateDir, 'file');
    appendFileSync(stateDir, 'not a folder');
    const nowhere = { stateDir: join(stateDir, 'state') };
    await rejects(
      t,
      on.run('ALTER TABLE o ADD z INT; SET @a = 1', {}, nowhere),
      'state-dir',
      11,
      /Cannot record the run/,
    );
    t.notMatch(await on.definition(), /`z`/);
    t.match(await on.run('ALTER TABLE o ADD z INT', {}, nowhere), { exitCode: 0 });
    t.match(await on.definition(), /`z`/);
  });

  t.test(
    'the record can be read by its owner only, and holds no statement that may have values',
    async (t) => {
      const on = await database(t, server);
      await on.run("INSERT INTO other VALUES (9, 'sesame'); SET @a = 'sesame'");
      const text = on.record();
      t.notMatch(text, /sesame/);
      t.match(text, /"type":"finish","exitCode":0/);
    },
  );
});

async function rejects(
  t: Test,
  running: Promise<unknown>,
  id: string,
  exitCode: number,
  message: RegExp,
): Promise<void> {
  const error: unknown = await running.catch((caught: unknown) => caught);
  t.match(error, { id, exitCode, message });
}

/** Kills the connection that waits for a lock which the one with this id holds. */
async function killWaiting(schema: Schema, holder: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const rows = await schema.query<Record<string, unknown>>('SHOW FULL PROCESSLIST');
    const waiting = rows.find(
      ({ Id, db, Info }) => db === schema.name && Id !== holder && String(Info).startsWith('UPDATE o'),
    );
    if (waiting !== undefined) {
      await schema.query(`KILL ${Number(waiting.Id)}`);
      return;
    }
    await sleep(100);
  }
  throw new Error('nothing waits');
}

async function database(t: Test, server: TestServer) {
  const schema: Schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE o (id INT PRIMARY KEY, total INT, old INT)');
  await schema.query('INSERT INTO o VALUES (1, 1, 1), (2, 2, 2)');
  await schema.query('CREATE TABLE other (id INT PRIMARY KEY, a VARCHAR(10))');
  await schema.query("INSERT INTO other VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  const stateDir = t.testdir({});
  chmodSync(stateDir, 0o700);
  const recordOf = (run: string) => join(stateDir, 'runs', run, 'record.ndjson');
  const lastRun = () => {
    const [run] = readdirSync(join(stateDir, 'runs'));
    if (run === undefined) throw new Error('no run');
    return run;
  };
  return {
    schema,
    stateDir,
    run: (
      text: string,
      checks: Partial<Settings['checks']> = {},
      changes: Partial<Settings> = {},
      request: Partial<Request> = {},
    ): Promise<RunResult> => {
      const settings = { stateDir, checks: { ...settingsFor(server).checks, ...checks }, ...changes };
      return run({
        ...migrationFor(server, schema, text, settings),
        run: `again-${Math.random()}`,
        ...request,
      });
    },
    killAfter: async (text: string, statements: number) => {
      const file = join(stateDir, 'file.sql');
      appendFileSync(file, text);
      const args = [
        '--import=tsx',
        program,
        file,
        stateDir,
        schema.name,
        JSON.stringify(server),
        String(statements),
      ];
      const { signal, stderr } = await execa(process.execPath, args, { timeout: 60_000, reject: false });
      if (signal !== 'SIGKILL') throw new Error(`it was not killed: ${stderr}`);
    },
    addToRecord: (line: object) => appendFileSync(recordOf(lastRun()), `${JSON.stringify(line)}\n{"type":"e`),
    record: () => readFileSync(recordOf(lastRun()), 'utf8'),
    definition: async () => {
      const [row] = await schema.query<Record<string, string>>('SHOW CREATE TABLE o');
      return row?.['Create Table'] ?? '';
    },
    /** Every row and every definition. */
    content: async () => {
      const content: Record<string, unknown> = {};
      for (const row of await schema.query<Record<string, string>>('SHOW TABLES')) {
        const table = Object.values(row)[0] ?? '';
        const [definition] = await schema.query<Record<string, string>>(`SHOW CREATE TABLE \`${table}\``);
        content[table] = [
          definition?.['Create Table'],
          await schema.query(`SELECT * FROM \`${table}\` ORDER BY 1`),
        ];
      }
      return content;
    },
  };
}

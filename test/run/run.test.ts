import t from 'tap';
import type { Event } from '../../lib/documents/event.js';
import { run } from '../../lib/run/run.js';
import { withRunLock } from '../../lib/runs/run-lock.js';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { requestFor } from '../support/request.js';
import { asItWas } from '../support/texts.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const tables = async (schema: Schema) => {
    await schema.query('CREATE TABLE a (id INT PRIMARY KEY, v INT)');
    await schema.query('CREATE TABLE b (id INT PRIMARY KEY, v INT)');
    return (sql: string, signal?: AbortSignal) =>
      requestFor(server, sql.replaceAll('@', `${schema.name}.`), {}, signal);
  };
  const columns = async (schema: Schema, table: string) => {
    const rows = await schema.query<{ Field: string }>(`SHOW COLUMNS FROM ${table}`);
    return rows.map(({ Field }) => Field);
  };

  t.test(
    'somebody works on the second table: what was done is told, and the rest is not begun',
    async (t) => {
      const schema = await freshSchema(t, server);
      const request = await tables(schema);
      const asked = request('ALTER TABLE @a ADD x INT; ALTER TABLE @b ADD x INT; ALTER TABLE @a ADD y INT');
      const result = await withRunLock(asked.settings.connection, { schema: schema.name, name: 'b' }, () =>
        run(asked),
      );
      t.match(result, {
        exitCode: 11,
        statements: [
          { outcome: 'done', exitCode: 0 },
          { outcome: 'refused', exitCode: 11, reason: { id: 'already-running' } },
          { outcome: 'not-started' },
        ],
      });
      const told = asked.events.flatMap((event: Event) => (event.type === 'outcome' ? [event.result] : []));
      t.same(told, result.statements, 'each as it ended');
      t.same(await columns(schema, 'a'), ['id', 'v', 'x']);
      t.same(await columns(schema, 'b'), ['id', 'v']);
    },
  );

  t.test('a table that is no longer the one that was planned for is left alone: exit 10', async (t) => {
    for (const [change, left] of [
      ['ALTER TABLE b ADD z INT', ['id', 'v', 'z']],
      ['DROP TABLE b', undefined],
    ] as const) {
      const schema = await freshSchema(t, server);
      const request = await tables(schema);
      // While the first statement waits for a transaction, somebody changes the second table.
      const holder = await schema.connect();
      await holder.query('START TRANSACTION');
      await holder.query('SELECT * FROM a');
      const asked = request('ALTER TABLE @a ADD x INT; ALTER TABLE @b ADD x INT');
      let done: Promise<unknown> | undefined;
      const emit = (event: Event) => {
        if (event.type === 'blockers' || event.type === 'attempt') {
          done ??= schema.query(change).then(() => holder.query('ROLLBACK'));
        }
      };
      const result = await run({ ...asked, emit });
      await done;
      t.match(result.statements[0], { outcome: 'done' });
      t.match(result, { exitCode: 10, statements: [{}, { outcome: 'refused', reason: { id: 'drifted' } }] });
      t.match(result.statements[1]?.next, /Plan the change again/);
      if (left !== undefined) t.same(await columns(schema, 'b'), left);
    }
  });

  t.test('an abort between two statements: one is done, the other is not begun', async (t) => {
    const schema = await freshSchema(t, server);
    const request = await tables(schema);
    const abort = new AbortController();
    const asked = request('ALTER TABLE @a ADD x INT; ALTER TABLE @b ADD x INT', abort.signal);
    const emit = (event: Event) => {
      if (event.type === 'outcome') abort.abort();
    };
    const result = await run({ ...asked, emit });
    t.match(result, {
      exitCode: 6,
      statements: [{ outcome: 'done' }, { outcome: 'aborted', state: asItWas }],
    });
    t.same(await columns(schema, 'b'), ['id', 'v']);
  });

  t.test('what is in place is no work: no lock is asked for', async (t) => {
    const schema = await freshSchema(t, server);
    const request = await tables(schema);
    const asked = request('ALTER TABLE @a ADD v INT; DROP INDEX IF EXISTS nothing ON @a');
    if (server.kind.startsWith('mysql')) asked.statements = asked.statements.slice(0, 1);
    const held = await withRunLock(asked.settings.connection, { schema: schema.name, name: 'a' }, () =>
      run(asked),
    );
    t.match(held, { exitCode: 0, statements: [{ outcome: 'nothing' }] });
  });
});

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('a table that refuses what its clone accepted: chosen again, and done', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE a (id INT PRIMARY KEY, v INT)');
    // Each change of columns by INSTANT leaves a version of the rows behind; at 255 the server wants a rebuild.
    for (let n = 0; n < 128; n++) {
      await schema.query('ALTER TABLE a ADD COLUMN x INT, ALGORITHM=INSTANT');
      if (n < 127) await schema.query('ALTER TABLE a DROP COLUMN x, ALGORITHM=INSTANT');
    }
    const asked = requestFor(server, `ALTER TABLE ${schema.name}.a ADD COLUMN y INT`);
    const result = await run(asked);
    t.match(result, { exitCode: 0, statements: [{ outcome: 'done', strategy: 'inplace' }] });
    t.match(
      asked.events.find((event) => event.type === 'warning'),
      { id: 'class-refused', text: /refuses ALGORITHM=INSTANT.*Choosing again/s },
    );
    t.equal(asked.events.filter(({ type }) => type === 'plan').length, 2, 'the second plan is told as well');
  });
});

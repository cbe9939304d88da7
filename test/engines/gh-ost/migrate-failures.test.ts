import t from 'tap';
import type { Event } from '../../../lib/documents/event.js';
import { forEachServer, type Schema } from '../../servers.js';
import { agrees, leftOnMachine, privateTemp, resultOf, stage } from '../../support/ghost-stage.js';
import { processesOf } from '../../support/processes.js';
import { rowsNotAsked } from '../../support/settings.js';
import { asItWas, changedNothing } from '../../support/texts.js';

privateTemp(t);
const slow = { chunkSize: 50, flags: ['--nice-ratio=3'] };

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('duplicates under a new unique key: exit 7 with the words of gh-ost, nothing lost', async (t) => {
    const on = await stage(t, server, { rows: 5_000 });
    const before = await on.definition();
    const load = await on.load();
    const result = await resultOf(on.request('ADD UNIQUE KEY uq_day (day)', { settings: rowsNotAsked }));
    const report = await load.stop();
    t.match(result, { outcome: 'failed', exitCode: 7, left: undefined, reason: { id: 'gh-ost-failed' } });
    t.match(result.reason.text, /Duplicate entry .* for key '.*uq_day'/i);
    t.match(result.state, asItWas);
    t.equal(await on.definition(), before);
    t.same(await on.left(), []);
    t.match(await on.compare(report), agrees);
  });

  t.test('a value that does not fit the new type: exit 7', async (t) => {
    const on = await stage(t, server, { rows: 2_000 });
    const result = await resultOf(on.request('MODIFY amount TINYINT', { settings: rowsNotAsked }));
    t.match(result, {
      outcome: 'failed',
      exitCode: 7,
      reason: { text: /Out of range value for column 'amount'/ },
    });
    t.match(await on.definition(), '`amount` int');
    t.same(await on.left(), []);
  });

  const others: [string, (table: string) => string, RegExp][] = [
    ['adds a column', (table) => `ALTER TABLE ${table} ADD COLUMN other INT`, /somebody else has changed it/],
    ['drops the table', (table) => `DROP TABLE ${table}`, /not there any more/],
    ['renames the table', (table) => `RENAME TABLE ${table} TO away`, /not there any more/],
  ];
  for (const [what, statement, state] of others) {
    t.test(`somebody else ${what} meanwhile: exit 10, and what is so`, async (t) => {
      const on = await stage(t, server, { rows: 4_000 });
      const other = await on.schema.connect();
      let done: Promise<unknown> | undefined;
      const request = on.request('MODIFY amount BIGINT', {
        ghost: slow,
        emit: (event: Event) => {
          if (event.type === 'progress' && (event.rowsCopied ?? 0) > 0)
            done ??= other.query(statement(on.table.name));
        },
      });
      const result = await resultOf(request);
      await done;
      t.match(result, { outcome: 'failed', exitCode: 10, left: undefined, reason: { id: 'drifted' } });
      t.match(result.state, state);
      t.match(result.state, changedNothing);
      const tables = await on.schema.query<{ name: string }>(
        'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=?',
        [on.schema.name],
      );
      const names = tables.map(({ name }) => name);
      if (what === 'adds a column') {
        t.same(names, [on.table.name]);
        t.match(await on.definition(), /`amount` int .*`other` int/s);
      } else {
        t.same(names, what === 'drops the table' ? [] : ['away']);
      }
      t.same(await leftOnMachine(on.schema), []);
    });
  }

  t.test('somebody else adds a column, and the load goes on: none of its rows is lost', async (t) => {
    const on = await stage(t, server, { rows: 4_000 });
    const other = await on.schema.connect();
    const load = await on.load();
    let done: Promise<unknown> | undefined;
    const request = on.request('MODIFY amount BIGINT', {
      ghost: slow,
      emit: (event: Event) => {
        if (event.type !== 'progress' || (event.rowsCopied ?? 0) === 0) return;
        done ??= other.query(`ALTER TABLE ${on.table.name} ADD COLUMN other INT DEFAULT 5 FIRST`);
      },
    });
    const result = await resultOf(request);
    await done;
    const report = await load.stop();
    t.match(result, { outcome: 'failed', exitCode: 10 });
    t.match(await on.definition(), /`other` int DEFAULT '5'.*`amount` int /s);
    t.same(await on.left(), []);
    t.match(await on.compare(report), agrees);
  });

  t.test('every connection of alterwise is killed while the swap waits: it connects anew', async (t) => {
    const on = await stage(t, server, { rows: 2_000 });
    const user = `aw_${on.table.name}`;
    await on.schema.query(`CREATE USER ${user} IDENTIFIED BY 'x'`);
    t.teardown(() => on.schema.connect().then((connection) => connection.query(`DROP USER ${user}`)));
    await on.schema.query(`GRANT ALL ON *.* TO ${user}`);
    const holder = await on.hold();
    const load = await on.load();
    let killed: Promise<number> | undefined;
    const request = on.request('MODIFY amount BIGINT', {
      account: { ...server, user, password: 'x' },
      emit: (event: Event) => {
        if (event.type !== 'blockers') return;
        killed ??= killNode(on.schema, user);
        void killed.then(holder.end);
      },
    });
    const result = await resultOf(request);
    const report = await load.stop();
    t.ok(((await killed) ?? 0) >= 2, 'the one that looks, and the one that holds the lock of the run');
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.same(await on.left(), [result.oldTable]);
    t.match(await on.compare(report), agrees);
  });
});

/** Kills the connections of this user that come from Node, not those of gh-ost. */
async function killNode(schema: Schema, user: string): Promise<number> {
  const fromNode = await schema.query<{ id: number }>(
    'SELECT PROCESSLIST_ID AS id FROM performance_schema.session_connect_attrs ' +
      "WHERE ATTR_NAME='_client_name' AND ATTR_VALUE LIKE 'Node%'",
  );
  const ids = new Set(fromNode.map(({ id }) => Number(id)));
  const found = (await processesOf(schema)).filter((process) => process.user === user && ids.has(process.id));
  for (const { id } of found) await schema.query(`KILL ${id}`);
  return found.length;
}

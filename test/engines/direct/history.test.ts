import t from 'tap';
import { makePlan } from '../../../lib/plan/make-plan.js';
import { run } from '../../../lib/run/run.js';
import { forEachServer, freshSchema, type Schema } from '../../servers.js';
import { forEachOwnServer } from '../../support/own-servers.js';
import { requestFor } from '../../support/request.js';

/** System-versioned tables, with hidden columns for the time and with columns of their own. */
const tables = {
  hidden: 'id INT NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL',
  visible:
    'id INT NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL, `since` TIMESTAMP(6) GENERATED ALWAYS AS ROW START, ' +
    '`till` TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (`since`, `till`)',
};

await forEachServer(t, ['mariadb-10.11', 'mariadb-11.4'], async (t, server) => {
  for (const [name, columns] of Object.entries(tables)) {
    await t.test(`without leave the server alters no table with a history: ${name}`, async (t) => {
      const schema = await freshSchema(t, server);
      await versioned(schema, columns);
      const bare = await schema
        .query('ALTER TABLE t MODIFY name VARCHAR(100) NOT NULL')
        .catch((e: unknown) => e);
      t.match(bare, { errno: 4119 });
      const sql = `ALTER TABLE ${schema.name}.t MODIFY name VARCHAR(100) NOT NULL`;
      const { statements } = await makePlan(requestFor(server, sql));
      t.match(statements, [
        {
          strategy: 'refuse',
          reasons: [{ id: 'system-versioned' }],
          refusal: { exitCode: 4, next: 'system_versioning_alter_history = KEEP' },
        },
      ]);
    });
  }

  await t.test('to drop the versioning deletes the history', async (t) => {
    const schema = await freshSchema(t, server);
    await versioned(schema, tables.hidden);
    const sql = `ALTER TABLE ${schema.name}.t DROP SYSTEM VERSIONING`;
    t.match((await makePlan(requestFor(server, sql))).statements, [
      { strategy: 'refuse', reasons: [{ id: 'history-lost' }] },
    ]);
    t.match(await schema.query('SELECT COUNT(*) AS n FROM t FOR SYSTEM_TIME ALL'), [{ n: 5 }]);
    await schema.query('ALTER TABLE t DROP SYSTEM VERSIONING');
    t.match(await schema.query('SELECT COUNT(*) AS n FROM t'), [{ n: 2 }], 'as the bare server shows');
  });
});

const keep = { variables: { 'system-versioning-alter-history': 'KEEP' } };
await forEachOwnServer(t, ['mariadb-10.11', 'mariadb-11.4'], keep, async (t, server) => {
  for (const [name, columns] of Object.entries(tables)) {
    for (const alter of [
      'MODIFY name VARCHAR(300) NOT NULL',
      'ADD COLUMN more INT',
      'ADD KEY (name), FORCE',
    ]) {
      await t.test(`with leave it is altered, and its history stays: ${name}, ${alter}`, async (t) => {
        const schema = await freshSchema(t, server);
        await versioned(schema, columns);
        const before = await history(schema, name);
        const request = requestFor(server, `ALTER TABLE ${schema.name}.t ${alter}`);
        const result = await run(request);
        t.match(result, { exitCode: 0, statements: [{ outcome: 'done' }] });
        t.same(await history(schema, name), before);
        t.notOk(
          request.events.some(({ type }) => type === 'warning'),
          'it was compared',
        );
        const [plan] = request.events.flatMap((event) =>
          event.type === 'plan' ? event.plan.statements : [],
        );
        t.ok(plan?.checks.some(({ id }) => id === 'history-altered'));
      });
    }
  }
});

/** Two rows now, and three that are history. */
async function versioned(schema: Schema, columns: string): Promise<void> {
  await schema.query(`CREATE TABLE t (${columns}) ENGINE=InnoDB WITH SYSTEM VERSIONING`);
  await schema.query("INSERT INTO t (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  await schema.query("UPDATE t SET name = 'a2' WHERE id = 1");
  await schema.query("UPDATE t SET name = 'a3' WHERE id = 1");
  await schema.query('DELETE FROM t WHERE id = 3');
}

async function history(schema: Schema, name: string) {
  const time = name === 'visible' ? 'since, till' : 'row_start, row_end';
  return schema.query(`SELECT id, name, ${time} FROM t FOR SYSTEM_TIME ALL ORDER BY id, 3`);
}

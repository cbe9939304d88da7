import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Event } from '../../lib/documents/event.js';
import { run } from '../../lib/run/run.js';
import { runLockName, withRunLock } from '../../lib/runs/run-lock.js';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { accountWith } from '../support/account.js';
import { requestFor } from '../support/request.js';
import { asItWas } from '../support/texts.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('the connection is lost after planning: nothing was begun, and it is told so', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE a (id INT PRIMARY KEY, v INT)');
    const table = { schema: schema.name, name: 'a' };
    const asked = requestFor(server, `ALTER TABLE ${schema.name}.a ADD x INT`);
    // It waits for a second for the lock, in which its connection is ended.
    const [result] = await withRunLock(asked.settings.connection, table, () =>
      Promise.all([run(asked), killed(schema, runLockName(table))]),
    );
    t.match(result, {
      exitCode: 11,
      statements: [{ outcome: 'refused', exitCode: 11, reason: { id: 'connection-lost' }, state: asItWas }],
    });
    t.notOk(asked.events.some((event) => event.type === 'warning' && event.id === 'defect'));
  });

  t.test('a privilege that is revoked after planning is no defect', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE a (id INT PRIMARY KEY, v INT)');
    const account = await accountWith(t, server, schema, ['PROCESS ON *.*', 'ALL ON @schema.*']);
    const asked = requestFor(account, `ALTER TABLE ${schema.name}.a ADD x INT`);
    let revoked: Promise<unknown> | undefined;
    const emit = (event: Event) => {
      asked.emit(event);
      if (event.type === 'plan') revoked = schema.query(`REVOKE ALL, GRANT OPTION FROM ${account.name}`);
    };
    const result = await run({ ...asked, emit });
    await revoked;
    t.match(result.statements, [{ outcome: 'unknown', exitCode: 9, reason: { id: 'access-denied' } }]);
  });
});

/** Ends the connection that waits for a named lock. */
async function killed(schema: Schema, lock: string): Promise<void> {
  for (let looks = 0; looks < 500; looks++) {
    const waiting = await schema.query<{ id: number }>(
      `SELECT ID AS id FROM information_schema.PROCESSLIST
        WHERE INFO LIKE 'SELECT GET_LOCK(''${lock}''%' AND ID<>CONNECTION_ID()`,
    );
    for (const { id } of waiting) {
      await schema.query(`KILL ${id}`);
      return;
    }
    await sleep(20);
  }
  throw new Error('nobody waits for the lock');
}

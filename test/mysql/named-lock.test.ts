import { randomBytes } from 'node:crypto';
import t from 'tap';
import { Fault } from '../../lib/fault.js';
import { holdLock } from '../../lib/mysql/named-lock.js';
import { forEachServer, freshSchema } from '../servers.js';
import { connectionTo } from '../support/settings.js';
import { until } from '../support/until.js';

const taken = () => new Fault('taken', { id: 'already-running', exitCode: 11 });
const lookMs = 200;

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const schema = await freshSchema(t, server);
  const settings = connectionTo(server);
  const owner = async (name: string) => {
    const [row] = await schema.query<{ id: number | null }>(`SELECT IS_USED_LOCK('${name}') AS id`);
    return row?.id ?? undefined;
  };

  await t.test('a lock whose connection is killed is taken again', async (t) => {
    const name = `aw-${randomBytes(6).toString('hex')}`;
    const lost: (number | undefined)[] = [];
    const lock = await holdLock(settings, name, { taken, lookMs, onLost: (who) => lost.push(who) });
    try {
      const first = await owner(name);
      await t.rejects(holdLock(settings, name, { taken, lookMs }), { message: 'taken' });
      await schema.query(`KILL ${first}`);
      await until(
        'another connection has the lock',
        async () => ![undefined, first].includes(await owner(name)),
      );
      t.same(lost, []);
    } finally {
      await lock.release();
    }
    t.equal(await owner(name), undefined, 'and it is free afterwards');
  });

  await t.test('where somebody was faster it is told, and theirs stays', async (t) => {
    const name = `aw-${randomBytes(6).toString('hex')}`;
    const lost: (number | undefined)[] = [];
    const lock = await holdLock(settings, name, { taken, lookMs: 1_000, onLost: (who) => lost.push(who) });
    const other = await schema.connect();
    try {
      const waiting = other.query(`SELECT GET_LOCK('${name}', 30)`);
      await until('the lock is taken again', async () =>
        (await schema.query<{ Info: string | null }>('SHOW PROCESSLIST')).some(
          ({ Info }) => Info === `SELECT GET_LOCK('${name}', 30)`,
        ),
      );
      await schema.query(`KILL ${await owner(name)}`);
      await waiting;
      await until('the loss is reported', () => lost.length > 0);
      t.same(lost, [other.threadId]);
    } finally {
      await lock.release();
    }
    t.equal(await owner(name), other.threadId);
  });
});

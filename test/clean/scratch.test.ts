import t from 'tap';
import { foundScratch } from '../../lib/clean/server.js';
import type { Topology } from '../../lib/inspect/topology.js';
import { withSession } from '../../lib/mysql/session.js';
import { startServer } from '../sandbox/index.js';
import { forEachServer } from '../servers.js';
import { connectionTo } from '../support/settings.js';

// A server of its own: other tests sweep such schemas away.
await forEachServer(t, ['mariadb-10.11'], async (t, { kind }) => {
  const own = await startServer(kind);
  t.teardown(() => own.stop());
  const name = '_alterwise_0123456789ab';
  const alone: Topology = { isReplica: false, readOnly: false, galera: false, groupReplication: false };
  const connection = connectionTo(own);
  await withSession(connection, {}, async (session) => {
    await session.execute(`CREATE DATABASE ${name}`);
    await session.execute('CREATE DATABASE shop');
    await session.execute(`CREATE TABLE shop.${name}_p (id INT)`);
    await session.execute(`CREATE TABLE shop._${name}_p_gho (id INT)`);
    await session.execute('CREATE TABLE shop._alterwise_mine (id INT)');
    const found = async (changes: Partial<Topology>) => {
      const all = await foundScratch(session, { ...alone, ...changes });
      return all.map(({ verdict, remove }) => ({ verdict, removes: remove !== undefined }));
    };
    // The room, the clone beside its original, and the table of its rehearsal.
    const each = (one: Awaited<ReturnType<typeof found>>[number]) => [one, one, one];

    await t.test('a lock that is free proves nothing where another server may hold it', async (t) => {
      for (const group of [{ galera: true }, { groupReplication: true }, { isReplica: true }])
        t.same(await found(group), each({ verdict: 'not-ours', removes: false }), JSON.stringify(group));
    });

    await t.test('elsewhere it does', async (t) => {
      await withSession(connection, {}, async (owner) => {
        await owner.rows('SELECT GET_LOCK(?, 1)', [name]);
        t.same(await found({}), each({ verdict: 'in-use', removes: false }));
        await owner.rows('SELECT RELEASE_LOCK(?)', [name]);
      });
      t.same(await found({}), each({ verdict: 'removable', removes: true }));
      for (const { remove } of await foundScratch(session, alone)) await remove?.();
      t.same(await found({}), []);
      t.match(await session.rows('SHOW TABLES FROM shop'), [{ Tables_in_shop: '_alterwise_mine' }]);
    });
  });
});

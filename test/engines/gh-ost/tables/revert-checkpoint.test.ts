import t from 'tap';
import { startFromCheckpoint } from '../../../../lib/engines/gh-ost/tables/revert-checkpoint.js';
import { ghostStatement } from '../../../fixtures/plans.js';
import { forEachServer, freshSchema } from '../../../servers.js';
import { settingsFor } from '../../../support/settings.js';

t.test('the checkpoint of a revert is there for gh-ost, and gone where that cannot be started', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a BIGINT)');
    await schema.query('CREATE TABLE _t_20261129000000_del (id INT PRIMARY KEY, a INT)');
    const statement = { ...ghostStatement, table: { schema: schema.name, name: 't' } };
    const to = { name: '_t_20261129000000_del', coordinates: 'uuid:1-5' };
    const checkpoints = () => schema.query("SHOW TABLES LIKE '\\_t\\_ghk'");
    const start = async () => {
      t.match(await schema.query('SELECT gh_ost_chk_coords AS at, gh_ost_is_cutover AS swap FROM _t_ghk'), [
        { at: 'uuid:1-5', swap: 1 },
      ]);
      throw new Error('no gh-ost');
    };
    await t.rejects(
      startFromCheckpoint(statement, to, { settings: settingsFor(server) }, start),
      /no gh-ost/,
    );
    t.same(await checkpoints(), []);

    await schema.query('CREATE TABLE _t_ghk (id INT)');
    await t.rejects(startFromCheckpoint(statement, to, { settings: settingsFor(server) }, start), /exists/);
    t.match(await checkpoints(), { length: 1 }, 'what somebody else has made stays');
  });
});

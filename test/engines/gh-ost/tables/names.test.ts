import t from 'tap';
import { migrationLockName } from '../../../../lib/engines/gh-ost/tables/lock.js';
import { shadowTables, stampedOldTable } from '../../../../lib/engines/gh-ost/tables/names.js';

t.test('a short name', async (t) => {
  t.same(shadowTables('orders'), {
    ghost: '_orders_gho',
    changelog: '_orders_ghc',
    checkpoint: '_orders_ghk',
    old: '_orders_del',
  });
});

t.test('59 bytes fit, 60 lose the last one', async (t) => {
  const fits = 'a'.repeat(59);
  t.equal(shadowTables(fits).ghost, `_${fits}_gho`);
  t.equal(shadowTables(`${fits}b`).ghost, `_${fits}_gho`);
  t.equal(shadowTables('n'.repeat(64)).old.length, 64);
});

t.test('bytes are counted, not characters', async (t) => {
  const table = 'ä'.repeat(40);
  t.equal(shadowTables('ä'.repeat(29)).ghost, `_${'ä'.repeat(29)}_gho`);
  t.match(shadowTables(table).ghost, /\ufffd_gho$/, 'a cut through a character shows');
});

t.test('an old table with a timestamp', async (t) => {
  t.equal(stampedOldTable('orders', '20261122205733'), '_orders_20261122205733_del');
  t.equal(stampedOldTable('n'.repeat(64), '20261122205733'), `_${'n'.repeat(44)}_20261122205733_del`);
});

t.test('the name of the lock', async (t) => {
  t.equal(migrationLockName({ schema: 'shop', name: 'orders' }), 'gh-ost::shop.orders');
  const longest = { schema: 's', name: 'n'.repeat(54) };
  t.equal(migrationLockName(longest), `gh-ost::s.${'n'.repeat(54)}`);
  const longer = { schema: 's', name: 'n'.repeat(55) };
  t.match(migrationLockName(longer), /^gh-ost::[0-9a-f]{40}$/);
});

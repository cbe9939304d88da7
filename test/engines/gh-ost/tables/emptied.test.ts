import t from 'tap';
import { readStorage } from '../../../../lib/engines/gh-ost/tables/original.js';
import { Steering } from '../../../../lib/runs/steering.js';
import { forEachServer, freshSchema } from '../../../servers.js';
import { privateTemp, resultOf, stage } from '../../../support/ghost-stage.js';
import { meetSwap } from '../../../support/meet-swap.js';
import { sessionFor } from '../../../support/probing.js';

privateTemp(t);

await forEachServer(t, ['mysql-5.7', 'mysql-9.7'], async (t, server) => {
  const schema = await freshSchema(t, server);
  const session = await sessionFor(t, server);
  for (const [name, emptied] of [
    ['plain', 'TRUNCATE TABLE plain'],
    ['$-x', 'TRUNCATE TABLE `$-x`'],
    ['parts', 'ALTER TABLE parts TRUNCATE PARTITION p1'],
  ] as const) {
    await schema.query(
      `CREATE TABLE \`${name}\` (id INT PRIMARY KEY)${name === 'parts' ? ' PARTITION BY HASH (id) PARTITIONS 3' : ''}`,
    );
    const read = () => readStorage(session, { schema: schema.name, name });
    const before = await read();
    t.match(before, /^\d+/);
    await schema.query(`INSERT INTO \`${name}\` VALUES (1), (2)`);
    await schema.query(`ANALYZE TABLE \`${name}\``);
    t.equal(await read(), before, 'what is written to it does not matter');
    await schema.query(emptied);
    t.not(await read(), before, emptied);
  }
  t.equal(await readStorage(session, { schema: schema.name, name: 'none' }), undefined);
});

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  await t.test('while the copy waits: it is not swapped', async (t) => {
    const on = await stage(t, server, { rows: 300 });
    const steering = new Steering();
    let emptying: Promise<unknown> | undefined;
    const request = on.request('MODIFY amount BIGINT', {
      settings: { cutOver: { when: 'manual', stallTotalMs: 10_000 } },
      steering,
      emit: (event) => {
        if (event.type !== 'phase' || !/alterwise cut-over/.test(event.text)) return;
        emptying ??= on.schema.query(`TRUNCATE TABLE ${on.table.name}`).then(() => {
          steering.cutOverAsked = true;
        });
      },
    });
    const result = await resultOf(request);
    await emptying;
    t.match(result, { outcome: 'failed', exitCode: 10, reason: { id: 'drifted', text: /TRUNCATE/ } });
    t.match(result.state, /has the definition that it had/);
    t.same(await on.schema.query(`SELECT COUNT(*) AS n FROM ${on.table.name}`), [{ n: 0 }]);
    t.same(await on.beside(), [], 'rows that are gone do not come back by the copy');
  });

  for (const [what, spec, text] of [
    ['TRUNCATE', 'TRUNCATE TABLE', /emptied/],
    ['ALTER', 'ALTER TABLE', /altered/],
  ] as const) {
    await t.test(`${what} behind the last look, and before gh-ost has its lock: it is told`, async (t) => {
      const on = await stage(t, server, { rows: 300 });
      const sql = `${spec} ${on.table.name}${what === 'ALTER' ? ' ADD COLUMN theirs INT' : ''}`;
      const taker = { take: async () => void (await on.schema.query(sql)) };
      // The attempt has to succeed on a busy machine: where it is in vain, the next look finds what was done.
      const ghost = { checksum: 'off', cutOverLockTimeoutSeconds: 5 } as const;
      const met = { ...meetSwap(on, taker), ghost };
      const result = await resultOf(on.request('MODIFY amount BIGINT', met));
      t.match(result, {
        outcome: 'verification-failed',
        exitCode: 8,
        reason: { id: 'original-changed', text },
        state: /is the former shadow table, .* the old table is kept as/,
      });
      t.match(await on.definition(), /`amount` bigint/);
    });
  }
});

import t from 'tap';
import { readStorage } from '../../lib/ghost/storage.js';
import { newSteering } from '../../lib/runs/steering.js';
import { forEachServer, freshSchema } from '../servers.js';
import { privateTemp, resultOf, stage } from '../support/ghost-stage.js';
import { sessionFor } from '../support/probing.js';

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
  const on = await stage(t, server, { rows: 300 });
  const steering = newSteering();
  let emptying: Promise<unknown> | undefined;
  const request = on.request('MODIFY amount BIGINT', {
    settings: { cutOver: { when: 'manual', stallTotalMs: 10_000 } },
    emit: (event) => {
      if (event.type !== 'phase' || !/alterwise cut-over/.test(event.text)) return;
      emptying ??= on.schema.query(`TRUNCATE TABLE ${on.table.name}`).then(() => {
        steering.cutOverAsked = true;
      });
    },
  });
  const result = await resultOf({ ...request, steering });
  await emptying;
  t.match(result, { outcome: 'failed', exitCode: 10, reason: { id: 'drifted', text: /TRUNCATE/ } });
  t.match(result.state, /has the definition that it had/);
  t.same(await on.schema.query(`SELECT COUNT(*) AS n FROM ${on.table.name}`), [{ n: 0 }]);
  t.same(await on.beside(), [], 'rows that are gone do not come back by the copy');
});

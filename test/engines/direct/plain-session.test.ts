import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { PlainSession } from '../../../lib/engines/direct/plain-session.js';
import { forEachServer, freshSchema } from '../../servers.js';
import { connectionTo, settingsFor } from '../../support/settings.js';
import { continues } from '../../support/texts.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('a connection that was lost between two statements is told before the second is sent', async (t) => {
    const schema = await freshSchema(t, server);
    const plain = new PlainSession(
      settingsFor(server, { connection: connectionTo(server, schema.name) }),
      300,
    );
    const session = await plain.get();
    await session.execute('CREATE TABLE o (a INT)');
    await session.execute('INSERT INTO o VALUES (1), (2), (3)');
    plain.usedAt = performance.now();
    t.equal(await plain.get(), session, 'the same for all statements');
    await session.execute('SET @rows = ROW_COUNT()');
    t.same(await session.rows('SELECT @rows AS n'), [{ n: 3 }], 'which nothing comes between');
    await sleep(400);
    t.equal(await plain.get(), session, 'and after a rest');
    await schema.query(`KILL ${session.connectionId}`);
    const error: unknown = await plain.get().catch((caught: unknown) => caught);
    t.match(error, {
      id: 'connection-lost',
      exitCode: 11,
      state: /not sent/,
      next: continues,
    });
    await plain.close();
  });
});

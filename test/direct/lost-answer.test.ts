import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { lostAnswer } from '../../lib/direct/lost-answer.js';
import { openSession } from '../../lib/mysql/session.js';
import { forEachServer } from '../servers.js';
import { connectionTo } from '../support/settings.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const sql = 'SELECT SLEEP(2) AS slept';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  for (const isSilent of [true, false]) {
    const name = isSilent ? 'an answer that got lost on its way is noticed' : 'one that comes is waited for';
    t.test(name, async (t) => {
      const proxy = await startTcpProxy(server.port);
      t.teardown(() => proxy.close());
      const settings = connectionTo({ ...server, port: proxy.port });
      const session = await openSession(settings);
      const ended = new AbortController();
      try {
        const answer = session
          .rows(sql, [], { limitMs: Number.POSITIVE_INFINITY })
          .then(() => ({ end: 'answered' }))
          .finally(() => ended.abort());
        answer.catch(() => {}); // of the session that is given up
        if (isSilent) {
          await sleep(500); // so that the server has it
          proxy.silence();
          proxy.heal(); // for those that come later
        }
        const lost = lostAnswer(settings, session.connectionId, sql, ended.signal, 1_000);
        t.match(await Promise.race([answer, lost]), { end: isSilent ? 'lost' : 'answered' });
      } finally {
        ended.abort();
        await session.close();
      }
    });
  }
});

import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import t from 'tap';
import { readFreeSpace } from '../../lib/inspect/disk.js';
import type { Session } from '../../lib/mysql/session.js';
import { forEachServer } from '../servers.js';
import { sessionFor } from '../support/probing.js';
import { connectionTo } from '../support/settings.js';

t.test('what is free is seen where the server runs on this machine, and nowhere else', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const session = await sessionFor(t, server);
    const [row] = await session.rows<{ folder: string }>('SELECT @@datadir AS folder');
    const { bavail, bsize } = await statfs(row?.folder ?? '');
    const found = await readFreeSpace(session, connectionTo(server));
    // Others write to the disk meanwhile.
    t.ok(Math.abs((found?.bytes ?? 0) / (bavail * bsize) - 1) < 0.1, `${found?.bytes} of ${bavail * bsize}`);
    t.equal(found?.holdsBinlog, true);
    const far = connectionTo({ ...server, host: 'db.example.org' });
    t.equal(await readFreeSpace(session, far), undefined, 'another host');
  });
});

t.test('a forwarded port and a folder of somebody else do not tell what is free', async (t) => {
  const says = (name: string, datadir: string) =>
    ({
      rows: async () => [
        { Variable_name: 'hostname', Value: name },
        { Variable_name: 'datadir', Value: datadir },
      ],
    }) as unknown as Session;
  const connection = connectionTo({ host: '127.0.0.1', port: 1, user: '', password: '' });
  t.equal(await readFreeSpace(says('container', '/'), connection), undefined);
  t.equal(await readFreeSpace(says(hostname(), '/nowhere/at/all'), connection), undefined);
  t.match(await readFreeSpace(says(hostname(), '/'), connection), { bytes: Number, holdsBinlog: false });
});

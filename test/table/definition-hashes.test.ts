import t from 'tap';
import { withSession } from '../../lib/mysql/session.js';
import { readDefinitionHashes } from '../../lib/table/forms.js';
import { forEachServer, freshSchema } from '../servers.js';
import { connectionTo } from '../support/settings.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('what becomes of its relatives is no change of a table', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE p (id INT PRIMARY KEY)');
    await schema.query(
      'CREATE TABLE c (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE)',
    );
    const read = () =>
      withSession(connectionTo(server), {}, (session) =>
        readDefinitionHashes(session, [
          { schema: schema.name, name: 'c' },
          { schema: schema.name, name: 'nothere' },
        ]),
      );
    const before = await read();
    t.match(before, [{ definition: /^[0-9a-f]{64}$/ }, { definition: undefined }]);
    await schema.query('RENAME TABLE p TO parents');
    await schema.query('ALTER TABLE parents CHANGE id pid INT');
    t.same(await read(), before);
    await schema.query('ALTER TABLE c DROP FOREIGN KEY c_ibfk_1');
    t.notSame(await read(), before, 'its foreign key is');
  });
});

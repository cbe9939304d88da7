import t from 'tap';
import { forEachServer } from '../servers.js';
import { sameAsWithout } from './same-as-without.js';

t.test('the example of umzug', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    // Past 255 bytes the length takes two bytes in each row; MariaDB keeps both kinds of rows in one table.
    const longer = server.kind === 'mysql-9.7' ? 'copy' : 'instant';
    await sameAsWithout(t, server, {
      folder: 'umzug',
      up: ['node', 'migrate.js', 'up'],
      down: ['node', 'migrate.js', 'down', '--to', '0'],
      ways: [
        'articles instant', // slug and published_at
        'articles inplace', // a unique index
        'articles inplace', // an index
        'authors inplace', // an index over a part
        `articles ${longer}`, // a longer title
        'articles copy', // score
        'authors instant', // another name for a column
        'articles copy', // a foreign key
        'articles instant', // without body
      ],
      waysBack: [
        'articles instant', // body
        'articles instant', // without the foreign key
        'authors instant', // the name
        'articles copy', // score
        'articles copy', // title
        'authors instant', // without the index over a part
        'articles instant', // without the index
        'articles instant', // without the unique index
        'articles instant', // without slug and published_at
      ],
    });
  });
});

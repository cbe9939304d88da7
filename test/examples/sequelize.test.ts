import t from 'tap';
import { forEachServer } from '../servers.js';
import { sameAsWithout } from './same-as-without.js';

t.test('the example of Sequelize', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    await sameAsWithout(t, server, {
      folder: 'sequelize',
      up: ['sequelize-cli', 'db:migrate'],
      down: ['sequelize-cli', 'db:migrate:undo:all'],
      ways: [
        'customers instant', // phone
        'orders instant', // note
        'orders inplace', // an index
        'customers inplace', // a unique index
        'orders instant', // a longer status
        'orders copy', // a larger total
        'customers instant', // another name for a column
        'orders copy', // a foreign key
        'customers instant', // without phone
      ],
      waysBack: [
        'customers instant', // phone
        'orders instant', // without the foreign key
        'customers instant', // the name
        'orders copy', // total
        'orders copy', // status
        'customers instant', // without the unique index
        'orders instant', // without the index
        'orders instant', // without note
        'customers instant', // without phone
      ],
    });
  });
});

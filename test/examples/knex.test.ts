import t from 'tap';
import { forEachServer } from '../servers.js';
import { sameAsWithout } from './same-as-without.js';

t.test('the example of Knex', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    await sameAsWithout(t, server, {
      folder: 'knex',
      up: ['knex', 'migrate:latest'],
      down: ['knex', 'migrate:rollback', '--all'],
      moments: ['migration_time'],
      ways: [
        'accounts instant', // phone and is_active
        'invoices instant', // due_on
        'invoices inplace', // an index
        'accounts inplace', // a unique index
        'invoices instant', // a longer state
        'invoices copy', // a larger amount
        'accounts instant', // another name for a column
        'invoices copy', // a foreign key
        'accounts instant', // without phone
      ],
      waysBack: [
        'accounts instant', // phone
        'invoices instant', // without the foreign key
        'accounts instant', // the name
        'invoices copy', // amount
        'invoices copy', // state
        'accounts instant', // without the unique index
        'invoices instant', // without the index
        'invoices instant', // without due_on
        'accounts instant', // without phone and is_active
      ],
    });
  });
});

import t from 'tap';
import { forEachServer } from '../servers.js';
import { commandsShown } from './example.js';
import { sameAsWithout } from './same-as-without.js';

const [latest, down, rollback] = [
  'kysely migrate:latest',
  'kysely migrate:down',
  'kysely migrate:rollback --all',
];
/** It would ask the registry for newer versions. */
const quiet = '--no-outdated-check';

t.test('the example of Kysely', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    await sameAsWithout(t, server, {
      folder: 'kysely',
      up: ['sh', '-c', `${latest} ${quiet}`],
      down: ['sh', '-c', `${down} ${quiet} && ${rollback} ${quiet}`],
      moments: ['timestamp'],
      ways: [
        'invoices inplace', // the index of a new table
        'customers instant', // phone, and without fax
        'customers inplace', // a unique index
        'customers inplace', // an index
        'invoices copy', // a larger total
        'customers instant', // another name for a column
        'invoices copy', // a foreign key
        'customers inplace', // NOT NULL
        'invoices instant', // without the index
      ],
      waysBack: [
        'invoices inplace', // the index
        'customers inplace', // NULL
        'invoices instant', // without the foreign key
        'invoices instant', // and without its index
        'customers instant', // the name
        'invoices copy', // total
        'customers instant', // without the index
        'customers instant', // without the unique index
        'customers instant', // fax, and without phone
      ],
    });
  });
  t.strictSame(
    await commandsShown('kysely'),
    [latest, down, rollback],
    'what its README shows is what was run',
  );
});

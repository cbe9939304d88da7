import t from 'tap';
import { forEachServer } from '../servers.js';
import { commandsShown } from './example.js';
import { sameAsWithout } from './same-as-without.js';

/** The command line reverts one migration at a time; the same for all the others in one process saves time. */
const revertOthers = `const source = require('./data-source.js'); source.initialize().then(async () => {
  for (let i = 0; i < 9; i++) await source.undoLastMigration();
  await source.destroy();
})`;
const run = 'typeorm migration:run -d data-source.js';
const revert = 'typeorm migration:revert -d data-source.js';

t.test('the example of TypeORM', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const isMysql = server.kind === 'mysql-9.7';
    await sameAsWithout(t, server, {
      folder: 'typeorm',
      up: run.split(' '),
      down: ['sh', '-c', `${revert} && node -e "${revertOthers}"`],
      env: { DB_TYPE: isMysql ? 'mysql' : 'mariadb' },
      ways: [
        'customers instant', // phone
        'customers instant', // without fax
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
        'customers instant', // fax
        'customers instant', // without phone
        'invoices instant', // without its index, as TypeORM does before it drops the table
      ],
    });
  });
  t.strictSame(await commandsShown('typeorm'), [run, revert], 'what its README shows is what was run');
});

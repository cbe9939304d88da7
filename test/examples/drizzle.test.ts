import t from 'tap';
import { forEachServer } from '../servers.js';
import { commandsShown } from './example.js';
import { sameAsWithout } from './same-as-without.js';

const ways = [
  'invoices inplace', // an index
  'customers instant', // phone
  'customers inplace', // a unique index
  'customers inplace', // an index
  'customers instant', // without fax
  'invoices copy', // a larger total
  'customers instant', // another name for a column
  'customers instant', // without the index
  'customers inplace', // which is made anew
  'invoices copy', // a foreign key
  'customers inplace', // NOT NULL
  'bills instant', // without the foreign key
  'bills instant', // without the index
  'bills copy', // the foreign key under another name
];

t.test('the example of Drizzle', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    await t.test('by drizzle-kit, which opens its connection itself', async (t) => {
      const register = { NODE_OPTIONS: '--import alterwise/register' };
      await sameAsWithout(t, server, { folder: 'drizzle', up: ['drizzle-kit', 'migrate'], ways, register });
    });
    await t.test('by migrate(), with a pool of ours', async (t) => {
      await sameAsWithout(t, server, { folder: 'drizzle', up: ['node', 'migrate.mjs'], ways });
    });
  });
  const tried = ['NODE_OPTIONS="--import alterwise/register" npx drizzle-kit migrate', 'node migrate.mjs'];
  for (const shown of await commandsShown('drizzle')) t.ok(tried.includes(shown), shown);
});

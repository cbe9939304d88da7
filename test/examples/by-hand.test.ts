import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { changesMade } from './changes-made.js';
import { commandsShown, mustRun, type Place, runTool, stateFolder } from './example.js';
import { tablesOf } from './schema-of.js';

interface Example {
  folder: string;
  /** Up to where the next migration makes an index unique. */
  before: readonly (readonly string[])[];
  up: readonly string[];
  /** Names of the migrations that are in its bookkeeping. */
  recorded: string;
  repeat: string;
  mend: string;
  byHand: string;
  /** Other commands that its README shows. */
  more?: readonly string[];
}

const examples: readonly Example[] = [
  {
    folder: 'sequelize',
    before: [['sequelize-cli', 'db:migrate', '--to', '20260122090000-index-orders-by-customer.js']],
    up: ['sequelize-cli', 'db:migrate'],
    recorded: 'SELECT name FROM SequelizeMeta ORDER BY name',
    repeat: "UPDATE customers SET email = 'same'",
    mend: 'UPDATE customers SET email = id',
    byHand: 'CREATE UNIQUE INDEX customers_email ON customers (email)',
    more: ['sequelize-cli db:migrate:undo:all'],
  },
  {
    folder: 'knex',
    // Each by itself: the lock that Knex takes is all that was written when the change comes.
    before: Array.from({ length: 4 }, () => ['knex', 'migrate:up']),
    up: ['knex', 'migrate:latest'],
    recorded: 'SELECT name FROM knex_migrations ORDER BY name',
    repeat: "UPDATE accounts SET email = 'same'",
    mend: 'UPDATE accounts SET email = id',
    byHand: 'CREATE UNIQUE INDEX accounts_email ON accounts (email)',
    more: ['knex migrate:rollback --all'],
  },
  {
    folder: 'umzug',
    before: [
      ['node', 'migrate.js', 'pending'],
      ['node', 'migrate.js', 'up', '--to', '03-add-slug.sql'],
    ],
    up: ['node', 'migrate.js', 'up'],
    recorded: 'SELECT name FROM migrations ORDER BY name',
    repeat: "UPDATE articles SET slug = 'same'",
    mend: 'UPDATE articles SET slug = id',
    byHand: 'CREATE UNIQUE INDEX articles_slug ON articles (slug)',
    more: ['node migrate.js down --to 0'],
  },
];

for (const { folder, before, up, recorded, repeat, mend, byHand, more = [] } of examples) {
  t.test(`${folder}: what cannot be made, and what somebody has made by hand`, async (t) => {
    await forEachServer(t, ['mysql-9.7'], async (t, server) => {
      const schema = await freshSchema(t, server);
      const state = stateFolder(t);
      const place: Place = { server, schema, state };
      for (const command of before) await mustRun(folder, command, place);
      const [names, tables] = [await schema.query(recorded), await tablesOf(schema)];
      t.ok(names.length >= 3);

      await schema.query(repeat);
      const failed = await runTool(folder, up, place);
      t.equal(failed.code, 1);
      t.match(failed.stdout + failed.stderr, /Validation error|more than once|Duplicate|repeat/);
      t.strictSame(await schema.query(recorded), names, 'the migration is not recorded');
      t.strictSame(await tablesOf(schema), tables, 'nothing was changed');

      await schema.query(mend);
      await schema.query(byHand);
      const count = (await changesMade(state)).length;
      await mustRun(folder, up, place);
      t.equal((await schema.query(recorded)).length, 10, 'all are recorded');
      t.match((await changesMade(state))[count], { strategy: 'nothing', outcome: 'nothing' });

      const tried = [...before, up].map((command) => command.join(' '));
      for (const shown of await commandsShown(folder)) t.ok([...tried, ...more].includes(shown), shown);
    });
  });
}

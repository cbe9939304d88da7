import t, { type Test } from 'tap';
import { makePlan } from '../../lib/plan/make-plan.js';
import { run } from '../../lib/run/run.js';
import type { Settings } from '../../lib/settings/settings.js';
import { serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema, type TestServer } from '../servers.js';
import { migrationFor } from '../support/migration.js';
import { settingsFor } from '../support/settings.js';

/** A file that applies a part of itself on the bare server, or loses values there. */
interface Case {
  table: string;
  file: string;
  /** The statement that is refused, from 1, and why. */
  refused: [number, id: string];
  /** What the bare server makes of the file: the statement at which it stops; or a query whose answer shows the loss. */
  bare: number | [query: string, answer: string];
  /** Accepted on the way to it. */
  accept?: readonly string[];
}

const accounts =
  "id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(60), age INT, note VARCHAR(20) DEFAULT 'n'";
const names = ['SELECT GROUP_CONCAT(name) AS found FROM t', ',,'] as const;

/** The answer is in the rows as they are, whatever earlier statements do to other columns. */
const asked: Readonly<Record<string, Case>> = {
  'a unique key after a new column': {
    table: accounts,
    file: 'ALTER TABLE t ADD COLUMN team_id INT NULL; ALTER TABLE t ADD UNIQUE KEY uq_email (email)',
    refused: [2, 'duplicate-key'],
    bare: 2,
  },
  'NOT NULL after a column was dropped': {
    table: accounts,
    file: 'ALTER TABLE t DROP COLUMN note; ALTER TABLE t ADD KEY (email); ALTER TABLE t MODIFY age INT NOT NULL',
    refused: [3, 'null-values'],
    bare: 3,
  },
  'a unique key of a column that is renamed and made longer before': {
    table: accounts,
    file: 'ALTER TABLE t CHANGE email mail VARCHAR(60); ALTER TABLE t MODIFY mail VARCHAR(200); ALTER TABLE t ADD UNIQUE (mail)',
    refused: [3, 'duplicate-key'],
    bare: 3,
  },
  'a unique key over a new column that is the same in every row': {
    table: accounts,
    file: 'ALTER TABLE t ADD COLUMN slug INT NOT NULL DEFAULT 0; ALTER TABLE t ADD UNIQUE (slug)',
    refused: [2, 'duplicate-key'],
    bare: 2,
  },
  'a table that is called otherwise by then': {
    table: accounts,
    file: 'ALTER TABLE t ADD COLUMN x INT; RENAME TABLE t TO u; ALTER TABLE u ADD UNIQUE (email)',
    refused: [3, 'duplicate-key'],
    bare: 3,
  },
  'an UPDATE of another column before': {
    table: accounts,
    file: "ALTER TABLE t ADD x INT; UPDATE t SET x = age WHERE note = 'n'; ALTER TABLE t ADD UNIQUE (email)",
    refused: [3, 'duplicate-key'],
    bare: 3,
  },
  'a foreign key without its parents': {
    table: accounts,
    file: 'ALTER TABLE t ADD x INT; ALTER TABLE t ADD FOREIGN KEY (age) REFERENCES p (id)',
    refused: [2, 'orphans'],
    bare: 2,
  },
};

const lost: Readonly<Record<string, Case>> = {
  'a column dropped and added again': {
    table: 'id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(128) NOT NULL',
    file: 'ALTER TABLE t DROP COLUMN name; ALTER TABLE t ADD name VARCHAR(300) NOT NULL',
    refused: [2, 'values-lost'],
    bare: [...names],
  },
  'the same with another statement between': {
    table: 'id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(128) NOT NULL, x INT',
    file: "ALTER TABLE t DROP COLUMN name; ALTER TABLE t ADD KEY (x); ALTER TABLE t ADD name VARCHAR(300) NOT NULL DEFAULT ''",
    refused: [3, 'values-lost'],
    bare: [...names],
  },
  'a new column under the name of one that is renamed, and then dropped': {
    table: 'id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(128) NOT NULL',
    file: 'ALTER TABLE t CHANGE name old VARCHAR(128) NOT NULL; ALTER TABLE t ADD name TEXT NOT NULL; ALTER TABLE t DROP old',
    refused: [3, 'values-lost'],
    bare: [...names],
  },
  'a column dropped, and another renamed to its name from a new one': {
    table: 'id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(128) NOT NULL',
    file: "ALTER TABLE t ADD n VARCHAR(99) NOT NULL DEFAULT ''; ALTER TABLE t DROP name; ALTER TABLE t CHANGE n name VARCHAR(99) NOT NULL",
    refused: [3, 'values-lost'],
    bare: [...names],
  },
  'a table dropped and created again': {
    table: 'id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(128) NOT NULL',
    file: 'DROP TABLE t; CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(300) NOT NULL)',
    refused: [2, 'values-lost'],
    bare: ['SELECT COUNT(*) AS found FROM t', '0'],
    accept: ['drop-table'],
  },
};

/** What must pass: the values are carried over, or nothing was there. */
const kept: Readonly<Record<string, { file: string; rows?: false }>> = {
  'values are copied by an UPDATE': {
    file: 'ALTER TABLE t ADD n TEXT; UPDATE t SET n = name; ALTER TABLE t DROP name; ALTER TABLE t CHANGE n name TEXT',
  },
  'two columns change names': {
    file: 'ALTER TABLE t CHANGE name x VARCHAR(128); ALTER TABLE t CHANGE other name VARCHAR(128); ALTER TABLE t CHANGE x other VARCHAR(128)',
  },
  'the table is empty': { file: 'ALTER TABLE t DROP name; ALTER TABLE t ADD name TEXT', rows: false },
  'the other column keeps a name of its own': {
    file: 'ALTER TABLE t DROP name; ALTER TABLE t ADD title TEXT',
  },
};

/** What only the run can tell, and which statement decides it. */
const later: Readonly<Record<string, [file: string, id: string, statement: number]>> = {
  'rows are deleted before': [
    'DELETE FROM t WHERE id = 3; ALTER TABLE t ADD UNIQUE (email)',
    'duplicate-key',
    1,
  ],
  'the column itself is written before': [
    'ALTER TABLE t ADD x INT; UPDATE t SET age = 0 WHERE age IS NULL; ALTER TABLE t MODIFY age INT NOT NULL',
    'null-values',
    2,
  ],
  'a trigger that the file creates writes them': [
    'CREATE TRIGGER p_added AFTER INSERT ON p FOR EACH ROW UPDATE t SET email = id; INSERT INTO p VALUES (1); ALTER TABLE t ADD UNIQUE (email)',
    'duplicate-key',
    2,
  ],
  'parents are added before': [
    'INSERT INTO p VALUES (30); ALTER TABLE t ADD FOREIGN KEY (age) REFERENCES p (id)',
    'orphans',
    1,
  ],
};

await forEachServer(t, serverKinds, async (t, server) => {
  for (const [name, each] of Object.entries({ ...asked, ...lost })) {
    await t.test(name, async (t) => {
      const on = await tableOf(t, server, each.table);
      const [number, id] = each.refused;
      const { accept = [] } = each;
      const plan = await makePlan(on.request(each.file, { accept }));
      const refused = plan.statements.filter(({ strategy }) => strategy === 'refuse');
      t.equal(refused.length, 1, JSON.stringify(refused.map(({ reasons }) => reasons)));
      const statement = plan.statements[number - 1];
      t.match(statement, { strategy: 'refuse', reasons: [{ id }], refusal: { exitCode: 4 } });
      const before = await on.state();
      t.match(await run(on.request(each.file, { accept })), { exitCode: 4 });
      t.same(await on.state(), before, 'nothing of it was applied');
      if (id === 'values-lost') {
        const all = await makePlan(on.request(each.file, { accept: [...accept, id] }));
        t.notMatch(
          all.statements.map(({ strategy }) => strategy),
          ['refuse'],
        );
      }
      t.same(await bareServer(on, each.file), typeof each.bare === 'number' ? each.bare : undefined);
      if (typeof each.bare === 'number') return;
      const [row] = await on.schema.query<{ found: unknown }>(each.bare[0]);
      t.equal(String(row?.found), each.bare[1], 'the bare server loses them');
    });
  }

  for (const [name, { file, rows = true }] of Object.entries(kept)) {
    await t.test(name, async (t) => {
      const columns = 'id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(128), other VARCHAR(128)';
      const on = await tableOf(t, server, columns, rows);
      const { statements } = await makePlan(on.request(file));
      const ids = statements.flatMap(({ checks }) => checks.map(({ id }) => id));
      t.notOk(ids.includes('values-lost'));
      t.notOk(statements.some(({ strategy }) => strategy === 'refuse'));
    });
  }

  await t.test('rows that foreign keys delete, of children and of their children', async (t) => {
    const on = await tableOf(t, server, 'id INT PRIMARY KEY, name VARCHAR(9)', false);
    const references = (parent: string) =>
      `p INT, FOREIGN KEY (p) REFERENCES ${parent} (id) ON DELETE CASCADE`;
    await on.schema.query(`CREATE TABLE c (id INT PRIMARY KEY, ${references('p')}) ENGINE=InnoDB`);
    await on.schema.query(`CREATE TABLE d (id INT PRIMARY KEY, n INT, ${references('c')}) ENGINE=InnoDB`);
    await on.schema.query('INSERT INTO p VALUES (1), (2)');
    await on.schema.query('INSERT INTO c VALUES (1, 1), (2, 2)');
    await on.schema.query('INSERT INTO d VALUES (1, 5, 1), (2, 5, 2)');
    const file = 'DELETE FROM p WHERE id = 1; ALTER TABLE d ADD UNIQUE (n)';
    t.match((await makePlan(on.request(file))).statements[1], { asksLater: true });
    t.match(await run(on.request(file)), { exitCode: 0 });
  });

  for (const [name, [file, id, number]] of Object.entries(later)) {
    await t.test(name, async (t) => {
      const on = await tableOf(t, server, accounts);
      const { statements } = await makePlan(on.request(file));
      const check = statements.at(-1)?.checks.find((each) => each.id === id);
      t.match(check, { level: 'unknown', text: `statement ${number} ` });
      t.match(statements.at(-1), { asksLater: true });
    });
  }
});

async function tableOf(t: Test, server: TestServer, columns: string, hasRows = true) {
  const schema = await freshSchema(t, server);
  await schema.query(`CREATE TABLE t (${columns}) ENGINE=InnoDB`);
  await schema.query('CREATE TABLE p (id INT PRIMARY KEY) ENGINE=InnoDB');
  const values = columns.includes('email')
    ? "(email, age) VALUES ('a', 30), ('b', NULL), ('a', 40)"
    : "(name) VALUES ('ann'), ('bob'), ('eve')";
  if (hasRows) await schema.query(`INSERT INTO t ${values}`);
  const stateDir = t.testdir({});
  return {
    schema,
    request: (file: string, checks: Partial<Settings['checks']> = {}) =>
      migrationFor(server, schema, file, { stateDir, checks: { ...settingsFor(server).checks, ...checks } }),
    /** Every table, and what is in it. */
    state: async () => {
      const tables = await schema.query<Record<string, string>>('SHOW TABLES');
      const names = tables.flatMap((row) => Object.values(row)).sort();
      return Promise.all(
        names.map(async (name) => [
          await schema.query(`SHOW CREATE TABLE \`${name}\``),
          await schema.query(`SELECT * FROM \`${name}\``),
        ]),
      );
    },
  };
}

/** @returns the number of the statement that fails; undefined if none does */
async function bareServer(
  { schema }: Awaited<ReturnType<typeof tableOf>>,
  file: string,
): Promise<number | undefined> {
  for (const [at, sql] of file.split(';').entries()) {
    try {
      await schema.query(sql);
    } catch {
      return at + 1;
    }
  }
  return undefined;
}

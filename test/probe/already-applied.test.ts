import t from 'tap';
import { type ServerKind, serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema } from '../servers.js';
import { probeAlter, sessionFor } from '../support/probing.js';

const create = `CREATE TABLE t (
  id INT NOT NULL AUTO_INCREMENT,
  a INT NOT NULL,
  b VARCHAR(40) DEFAULT 'q',
  c INT DEFAULT NULL,
  \`odd name\` INT DEFAULT NULL,
  PRIMARY KEY (id), UNIQUE KEY uq_a (a), KEY k_b (b), KEY k_ab (a, b), KEY k_c (c),
  CONSTRAINT fk_c FOREIGN KEY (c) REFERENCES o (id)) DEFAULT CHARSET=utf8mb4`;
const addChecks = 'ALTER TABLE t ADD CONSTRAINT ck_a CHECK (a > 0), ADD COLUMN p INT CHECK (p > 0)';

const enforcing: readonly ServerKind[] = ['mysql-9.7', 'mariadb-10.11', 'mariadb-11.4'];
const renaming = serverKinds.filter((kind) => kind !== 'mysql-5.7');
const mariadb: readonly ServerKind[] = ['mariadb-10.11', 'mariadb-11.4'];

interface Case {
  alter: string;
  /** In what the probe says. */
  says?: RegExp;
  on?: readonly ServerKind[];
}

/** A second run of what is done. */
const inPlace: Case[] = [
  { alter: "ADD COLUMN b VARCHAR(40) DEFAULT 'q'" },
  { alter: 'ADD COLUMN `odd name` INT' },
  { alter: "add column B varchar(40) default 'q'" },
  { alter: 'ADD INDEX k_b (b)' },
  { alter: 'ADD KEY K_B (b ASC)' },
  { alter: 'ADD UNIQUE INDEX uq_a (a)' },
  { alter: 'ADD PRIMARY KEY (id)' },
  { alter: 'ADD CONSTRAINT fk_c FOREIGN KEY (c) REFERENCES o (id)' },
  { alter: 'ADD CONSTRAINT ck_a CHECK (a > 0)', on: enforcing },
  { alter: 'ADD COLUMN p INT CHECK (p > 0)', on: enforcing },
  { alter: "ADD COLUMN b VARCHAR(40) DEFAULT 'q', ADD INDEX k_b (b)" },
  { alter: "ADD COLUMN b VARCHAR(40) DEFAULT 'q', ADD INDEX (b)" },
  { alter: 'ADD INDEX k_b (b), ADD INDEX k_ab (a, b), ADD UNIQUE uq_a (a)' },
  { alter: 'ADD INDEX (b)' },
  { alter: 'ADD UNIQUE (a)' },
  { alter: 'ADD FOREIGN KEY (c) REFERENCES o (id)' },
  { alter: 'ADD CHECK (a > 0)', on: enforcing },
  { alter: 'ADD COLUMN IF NOT EXISTS b INT', on: mariadb },
  { alter: 'MODIFY a INT NOT NULL' },
  { alter: "COMMENT ''" },
  { alter: 'DROP COLUMN gone', says: /gone no longer exists/ },
  { alter: 'DROP INDEX k_gone', says: /k_gone no longer exists/ },
  { alter: 'DROP INDEX k_bb', says: /the table has .*k_b/ },
  { alter: 'DROP FOREIGN KEY fk_gone', says: /fk_gone no longer exists/ },
  { alter: 'DROP CHECK ck_gone', on: ['mysql-9.7'], says: /ck_gone no longer exists/ },
  { alter: 'DROP CONSTRAINT ck_gone', on: enforcing, says: /ck_gone no longer exists/ },
  { alter: 'DROP COLUMN IF EXISTS gone', on: mariadb },
  { alter: 'RENAME INDEX k_old TO k_b' },
  { alter: 'RENAME COLUMN old TO b', on: renaming },
  { alter: "CHANGE old b VARCHAR(40) DEFAULT 'q'" },
  { alter: 'DROP COLUMN gone, DROP INDEX k_gone' },
];

/** Something else has the name, or a part is missing: neither done nor to be done. */
const conflicts: Case[] = [
  { alter: 'ADD COLUMN b INT', says: /Duplicate column name 'b'.*defined differently/ },
  { alter: "ADD COLUMN b VARCHAR(41) DEFAULT 'q'", says: /defined differently/ },
  { alter: 'ADD COLUMN b VARCHAR(40)', says: /defined differently/ },
  { alter: 'ADD INDEX k_b (a)', says: /Duplicate key name 'k_b'.*defined differently/ },
  { alter: 'ADD INDEX k_b (b(10))', says: /defined differently/ },
  { alter: 'ADD UNIQUE INDEX k_b (b)', says: /defined differently/ },
  { alter: 'ADD INDEX k_ab (b, a)', says: /defined differently/ },
  { alter: 'ADD PRIMARY KEY (a)', says: /Multiple primary key/ },
  { alter: 'ADD CONSTRAINT fk_c FOREIGN KEY (a) REFERENCES o (id)', says: /defined differently/ },
  {
    alter: 'ADD CONSTRAINT fk_c FOREIGN KEY (c) REFERENCES o (id) ON DELETE CASCADE',
    says: /defined differently/,
  },
  { alter: 'ADD CONSTRAINT ck_a CHECK (a > 5)', on: enforcing, says: /defined differently/ },
  { alter: "ADD COLUMN b VARCHAR(40) DEFAULT 'q', ADD COLUMN z INT", says: /"missing".*ADD COLUMN z INT/ },
  { alter: 'DROP COLUMN gone, ADD COLUMN z INT', says: /"missing".*ADD COLUMN z INT/ },
  { alter: 'ADD INDEX k_b (b), ADD INDEX k_new (b, c)', says: /"missing".*k_new/ },
  { alter: 'CHANGE old b VARCHAR(50)', says: /another definition/ },
  { alter: 'ADD COLUMN b INT, ADD COLUMN z INT', says: /"conflict".*"missing"/ },
  { alter: "ADD COLUMN b VARCHAR(40) DEFAULT 'q' UNIQUE", says: /rest of the clause is missing/ },
];

/** Nothing of it is there. */
const rejected: Case[] = [
  { alter: 'RENAME INDEX k_old TO k_new' },
  { alter: 'RENAME COLUMN old TO new', on: renaming },
  { alter: 'CHANGE old new INT' },
  { alter: 'ADD INDEX k_z (z)' },
  { alter: 'MODIFY gone INT' },
  { alter: 'ALTER COLUMN gone SET DEFAULT 1' },
];

const kinds = { 'in-place': inPlace, conflict: conflicts, rejected };
for (const [kind, cases] of Object.entries(kinds)) {
  t.test(`a change is told to be ${kind} where it is`, async (t) => {
    await forEachServer(t, serverKinds, async (t, server) => {
      const schema = await freshSchema(t, server);
      const session = await sessionFor(t, server);
      await schema.query('CREATE TABLE o (id INT PRIMARY KEY)');
      await schema.query(create);
      if (enforcing.includes(server.kind)) await schema.query(addChecks);
      for (const { alter, says = /./, on = serverKinds } of cases) {
        if (!on.includes(server.kind)) continue;
        const probe = await probeAlter(session, server, schema, alter);
        const said = JSON.stringify(
          probe.kind === 'applies' ? [probe.kind, probe.class, probe.tracer] : probe,
        );
        t.ok(probe.kind === kind && says.test(said), `${alter}`, { found: said.slice(0, 300) });
      }
    });
  });
}

t.test('what only looks like nothing is not taken for nothing', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await schema.query('CREATE TABLE o (id INT PRIMARY KEY)');
    await schema.query(create);
    // The same definition, and every value gone.
    t.match(
      await probeAlter(
        session,
        server,
        schema,
        "DROP COLUMN b, ADD COLUMN b VARCHAR(40) DEFAULT 'q' AFTER a",
      ),
      {
        kind: 'applies',
        tracer: { lost: ['b'] },
      },
    );
    // The same definition, written anew on purpose.
    for (const alter of ['FORCE', 'ENGINE=InnoDB']) {
      t.match(await probeAlter(session, server, schema, alter), { kind: 'applies', rebuilds: true }, alter);
    }
    // Another index over the same column, with a name of its own.
    t.match(await probeAlter(session, server, schema, 'ADD INDEX k_other (b)'), { kind: 'applies' });
  });
});

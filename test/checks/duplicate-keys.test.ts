import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { changeFacts } from '../support/facts.js';
import { sessionFor } from '../support/probing.js';
import { questionsBy } from '../support/questions.js';
import { type Hazard, showHazard } from '../support/row-hazards.js';

const kinds = ['mysql-9.7', 'mariadb-10.11'] as const;

const table = `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, email VARCHAR(40), b INT, n INT NOT NULL, tx TEXT,
  old VARCHAR(20), gone DATETIME) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_general_ci`;
const rows = `INSERT INTO t VALUES
  (1, 'a', 1, 1, 'long one', 'x', NULL), (2, 'A', NULL, 1, 'long two', 'x', '2024-01-01'), (3, 'b', 1, 2, 'other', 'y', NULL),
  (4, NULL, 1, 3, 'long three', NULL, NULL), (5, NULL, 2, 4, NULL, NULL, NULL), (6, 'b ', 1, 5, 'x', 'z', NULL)`;

const hazards: readonly Hazard[] = [
  {
    name: 'duplicates of a new unique key: case and spaces as its collation has them, and no NULLs',
    setUp: [table, rows],
    alter: 'ADD UNIQUE by_email (email)',
    finds: { id: 'duplicate-key', count: 2, samples: [/^email=a \(2 rows\)$/i, /^email=b ?\s?\(2 rows\)$/] },
    errno: 1062,
    mend: 'DELETE FROM t WHERE id IN (2, 6)',
  },
  {
    name: 'several columns, of which one has NULLs',
    setUp: [table, rows],
    alter: 'ADD UNIQUE (email, b)',
    finds: { id: 'duplicate-key', count: 1, samples: [/^email=b ?, b=1 \(2 rows\)$/] },
    errno: 1062,
    mend: 'DELETE FROM t WHERE id = 6',
  },
  {
    name: 'a prefix',
    setUp: [table, rows],
    alter: 'ADD UNIQUE (tx(4))',
    finds: { id: 'duplicate-key', count: 2, samples: ['tx=long (3 rows)'] },
    errno: 1062,
    mend: 'DELETE FROM t WHERE id IN (2, 4)',
  },
  {
    name: 'another primary key',
    setUp: [table, rows],
    alter: 'DROP PRIMARY KEY, ADD PRIMARY KEY (n)',
    finds: { id: 'duplicate-key', count: 1, samples: ['n=1 (2 rows)'] },
    errno: 1062,
    mend: 'DELETE FROM t WHERE id = 1',
  },
  {
    name: 'a column that gets another name by the same change',
    setUp: [table, rows],
    alter: 'CHANGE old fresh VARCHAR(20), ADD UNIQUE (fresh)',
    finds: { id: 'duplicate-key', count: 1, samples: ['old=x (2 rows)'] },
    errno: 1062,
    mend: "UPDATE t SET old='w' WHERE id=1",
  },
  {
    name: 'a column that the change adds, with the same value in every row',
    setUp: [table, rows],
    alter: "ADD COLUMN c VARCHAR(9) NOT NULL DEFAULT 'x', ADD UNIQUE (c)",
    finds: { id: 'duplicate-key', count: 5, samples: ['0=0 (6 rows)'] },
    errno: 1062,
    mend: 'DELETE FROM t WHERE id > 1',
  },
  {
    name: 'a computed column that the change adds: unique among those that are not deleted',
    setUp: [table, rows],
    alter: 'ADD COLUMN alive INT AS (IF(gone IS NULL, 1, NULL)) VIRTUAL, ADD UNIQUE (email, alive)',
    finds: { id: 'duplicate-key', count: 1, samples: [/^email=b ?, .*1 \(2 rows\)$/] },
    errno: 1062,
    mend: 'DELETE FROM t WHERE id = 6',
  },
  {
    name: 'text that becomes a number',
    setUp: [
      'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, code VARCHAR(9) NOT NULL UNIQUE)',
      "INSERT INTO t VALUES (1, '7'), (2, '07'), (3, '8')",
    ],
    alter: 'MODIFY code INT NOT NULL',
    finds: { id: 'duplicate-under-collation', count: 1, samples: ['code=7 (2 rows)'] },
    errno: 1062,
    first: 'leading-zeros-lost',
    mend: "DELETE FROM t WHERE code='07'",
  },
  {
    name: 'a primary key that compares without case from now on',
    setUp: [
      'CREATE TABLE t (code VARCHAR(9) NOT NULL PRIMARY KEY, n INT) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin',
      "INSERT INTO t VALUES ('a', 1), ('A', 2), ('b', 3), ('é', 4), ('e', 5)",
    ],
    alter: 'CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    finds: {
      id: 'duplicate-under-collation',
      count: 2,
      samples: [/^code=a \(2 rows\)$/i, /^code=[eé] \(2 rows\)$/],
    },
    errno: 1062,
    mend: 'DELETE FROM t WHERE n IN (2, 4)',
  },
  {
    name: 'a unique key whose column gets another charset',
    setUp: [
      'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, c VARBINARY(9), UNIQUE (c))',
      "INSERT INTO t VALUES (1, 'a'), (2, 'A'), (3, NULL), (4, NULL)",
    ],
    alter: 'MODIFY c VARCHAR(9) CHARACTER SET latin1',
    finds: { id: 'duplicate-under-collation', count: 1, samples: [/^c=a \(2 rows\)$/i] },
    errno: 1062,
    mend: 'DELETE FROM t WHERE id = 2',
  },
  {
    name: 'fractions of a second that are rounded',
    setUp: [
      'CREATE TABLE t (at DATETIME(3) NOT NULL, b INT NOT NULL, UNIQUE (at, b))',
      "INSERT INTO t VALUES ('2024-01-01 00:00:01.1', 1), ('2024-01-01 00:00:01.2', 1), ('2024-01-01 00:00:01.3', 2)",
    ],
    alter: 'MODIFY at DATETIME NOT NULL',
    finds: {
      id: 'duplicate-under-collation',
      count: 1,
      samples: ['at=2024-01-01 00:00:01, b=1 (2 rows)'],
    },
    errno: 1062,
    first: 'value-rounded',
    mend: "UPDATE t SET at=IF(b=1, CONCAT('2024-01-0', 1 + MICROSECOND(at) DIV 100000), '2024-01-04')",
  },
];

t.test('rows that would repeat a key', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    for (const hazard of hazards) await showHazard(t, server, hazard);
    if (server.kind === 'mysql-9.7') await showHazard(t, server, functional);
  });
});

const functional: Hazard = {
  name: 'a key over an expression',
  setUp: [table, rows],
  alter: "ADD UNIQUE f ((CONCAT('it\\'s ', LOWER(email))), b)",
  finds: { id: 'duplicate-key', count: 1, samples: [/^email=it's b ?, b=1 \(2 rows\)$/] },
  errno: 1062,
  mend: 'DELETE FROM t WHERE id = 6',
};

const harmless: readonly string[] = [
  'ADD UNIQUE (id, email)',
  'ADD UNIQUE (email(4), id)',
  'ADD INDEX (email)',
  'MODIFY id BIGINT NOT NULL',
  'RENAME INDEX u TO v',
  'CHANGE code kode VARCHAR(30)',
  'DROP INDEX u, ADD UNIQUE w (code, email)',
  'ADD COLUMN z INT, ADD UNIQUE (z)',
  'ADD COLUMN z INT NOT NULL AUTO_INCREMENT, ADD UNIQUE (z)',
  'MODIFY email VARCHAR(10) COLLATE utf8mb4_bin',
];

t.test('nothing is asked where the keys of today make sure of it', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await schema.query(
      'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, email VARCHAR(40), code VARCHAR(20), UNIQUE u (code)) DEFAULT CHARSET utf8mb4',
    );
    const keysAsked = async (alter: string) => {
      const facts = await changeFacts(session, server, schema, alter);
      return questionsBy(facts, 'duplicate-key', 'duplicate-under-collation');
    };
    for (const alter of harmless) {
      t.same(await keysAsked(alter), [], alter);
    }
    const unknown = "ADD COLUMN z VARCHAR(40) NOT NULL DEFAULT (CONCAT('x', 1)), ADD UNIQUE (z)";
    t.match(await keysAsked(unknown), [{ kind: 'unknown', finding: { id: 'duplicate-key' } }]);
  });
});

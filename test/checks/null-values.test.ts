import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { changeFacts } from '../support/facts.js';
import { sessionFor } from '../support/probing.js';
import { questionsBy } from '../support/questions.js';
import { type Hazard, showHazard } from '../support/row-hazards.js';

const kinds = ['mysql-9.7', 'mariadb-10.11'] as const;

const setUp = [
  'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, `b``b` VARCHAR(9), n INT NOT NULL, g INT AS (a + 1) VIRTUAL)',
  "INSERT INTO t (id, a, `b``b`, n) VALUES (1, 1, 'x', 1), (2, NULL, 'y', 2), (3, NULL, NULL, 3), (4, 0, '', 4)",
];

const hazards: readonly Hazard[] = [
  {
    name: 'NULLs in a column that becomes NOT NULL',
    setUp,
    alter: 'MODIFY a INT NOT NULL',
    finds: { id: 'null-values', count: 2, samples: ['id=2', 'id=3'] },
    errno: { 'mysql-9.7': 1138, 'mariadb-10.11': 1265 },
    mend: 'UPDATE t SET a=0 WHERE a IS NULL',
  },
  {
    name: 'under a new name',
    setUp,
    alter: "CHANGE `b``b` b VARCHAR(20) NOT NULL DEFAULT ''",
    finds: { id: 'null-values', count: 1, samples: ['id=3'] },
    errno: { 'mysql-9.7': 1138, 'mariadb-10.11': 1265 },
    mend: 'DELETE FROM t WHERE id=3',
  },
  {
    name: 'by becoming part of the primary key',
    setUp,
    alter: 'DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)',
    finds: { id: 'null-values', count: 2, samples: ['id=2', 'id=3'] },
    errno: { 'mysql-9.7': 1138, 'mariadb-10.11': 1265 },
    mend: 'UPDATE t SET a=id WHERE a IS NULL',
  },
];

t.test('rows with NULL where none may be', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    for (const hazard of hazards) await showHazard(t, server, hazard);
  });
});

t.test('nothing is asked of columns that take NULL, never took it, come or go', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await schema.query(setUp[0] ?? '');
    for (const alter of [
      'MODIFY a BIGINT',
      'MODIFY n BIGINT NOT NULL',
      'MODIFY n INT NULL',
      'DROP COLUMN g, DROP COLUMN a, ADD COLUMN a INT NOT NULL DEFAULT 1',
      'ADD COLUMN z INT NOT NULL DEFAULT 7, ADD UNIQUE (a)',
    ]) {
      t.same(questionsBy(await changeFacts(session, server, schema, alter), 'null-values'), [], alter);
    }
  });
});

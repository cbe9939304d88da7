import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { changeFacts } from '../support/facts.js';
import { sessionFor } from '../support/probing.js';
import { questionsBy } from '../support/questions.js';
import { type Hazard, planOf, showHazard } from '../support/row-hazards.js';

const kinds = ['mysql-9.7', 'mariadb-10.11'] as const;

const setUp = [
  'CREATE TABLE p (id INT NOT NULL PRIMARY KEY, a INT, x VARCHAR(9), UNIQUE (a, x))',
  "INSERT INTO p VALUES (1, 10, 'k'), (2, 20, 'l')",
  // Columns of the same name in both: the parent's must not be taken for the child's.
  'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, x VARCHAR(9), up INT)',
  "INSERT INTO t VALUES (1, 10, 'k', NULL), (2, 10, 'l', 1), (5, NULL, 'l', 2), (7, 30, NULL, 9), (8, 20, 'L', 1)",
];

const hazards: readonly Hazard[] = [
  {
    name: 'without a parent',
    setUp,
    alter: 'ADD CONSTRAINT up FOREIGN KEY (id) REFERENCES p (id)',
    finds: { id: 'orphans', count: 3, samples: ['id=5', 'id=7', 'id=8'] },
    errno: 1452,
    mend: 'DELETE FROM t WHERE id > 2',
  },
  {
    name: 'by several columns; a NULL in one passes',
    setUp,
    alter: 'ADD FOREIGN KEY (a, x) REFERENCES p (a, x) ON DELETE CASCADE',
    finds: { id: 'orphans', count: 1, samples: ['id=2'] },
    errno: 1452,
    mend: "INSERT INTO p VALUES (3, 10, 'l')",
  },
  {
    name: 'with a parent in the same table',
    setUp,
    alter: 'ADD FOREIGN KEY (up) REFERENCES t (id)',
    finds: { id: 'orphans', count: 1, samples: ['id=7'] },
    errno: 1452,
    mend: 'UPDATE t SET up=8 WHERE id=7',
  },
];

t.test('rows that a foreign key would refuse', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    for (const hazard of hazards) await showHazard(t, server, hazard);
  });
});

t.test('a parent in another schema; a key that is there; a column that comes', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const other = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    for (const sql of setUp) await schema.query(sql);
    await schema.query(`CREATE TABLE ${other.name}.p (id INT NOT NULL PRIMARY KEY)`);
    await schema.query(`INSERT INTO ${other.name}.p VALUES (7)`);
    const { checks } = await planOf(server, schema, `ADD FOREIGN KEY (id) REFERENCES ${other.name}.p (id)`);
    t.match(checks, [{ id: 'orphans', count: 4, text: new RegExp(`in ${other.name}\\.p`) }]);
    await schema.query("DELETE FROM t WHERE a=10 AND x='l' OR id=8");
    await schema.query('ALTER TABLE t ADD CONSTRAINT two FOREIGN KEY (a, x) REFERENCES p (a, x)');
    const asked = async (alter: string) =>
      questionsBy(await changeFacts(session, server, schema, alter), 'orphans').map(
        (question) => question.kind,
      );
    t.same(await asked('ADD COLUMN z INT'), []);
    t.same(
      await asked('DROP FOREIGN KEY two, ADD CONSTRAINT three FOREIGN KEY (a, x) REFERENCES p (a, x)'),
      [],
    );
    t.same(await asked('ADD COLUMN z INT NOT NULL DEFAULT 1, ADD FOREIGN KEY (z) REFERENCES p (id)'), [
      'unknown',
    ]);
  });
});

import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { changeFacts } from '../support/facts.js';
import { sessionFor } from '../support/probing.js';
import { questionsBy } from '../support/questions.js';
import { type Hazard, showHazard } from '../support/row-hazards.js';

const kinds = ['mysql-9.7', 'mariadb-10.11'] as const;

const setUp = [
  'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, b INT, s VARCHAR(20), `c``heck` INT, j LONGTEXT) DEFAULT CHARSET utf8mb4',
  `INSERT INTO t VALUES (1, 1, 2, 'fine', 0, '{}'), (2, 5, 2, 'it''s', 1, '{"a"'), (3, NULL, 2, 'a\\\\b', NULL, NULL), (4, 7, NULL, NULL, 9, '[1]')`,
];
const errno = { 'mysql-9.7': 3819, 'mariadb-10.11': 4025 };

const hazards: readonly Hazard[] = [
  {
    name: 'rows that break a new rule; what is NULL passes',
    setUp,
    alter: 'ADD CONSTRAINT ordered CHECK (a < b)',
    finds: { id: 'refused-by-check', count: 1, samples: ['id=2'] },
    errno,
    mend: 'UPDATE t SET b=9 WHERE id=2',
  },
  {
    name: 'quotes, backslashes and odd names in it',
    setUp,
    alter: "ADD CHECK (s NOT IN ('it''s', 'a\\\\b') AND `c``heck` < 5)",
    finds: { id: 'refused-by-check', count: 3, samples: ['id=2', 'id=3', 'id=4'] },
    errno,
    mend: 'DELETE FROM t WHERE id > 1',
  },
  {
    name: 'a rule that becomes another',
    setUp: [...setUp, 'ALTER TABLE t ADD CONSTRAINT small CHECK (a < 10)'],
    alter: 'DROP CONSTRAINT small, ADD CONSTRAINT small CHECK (a < 6)',
    finds: { id: 'refused-by-check', count: 1, samples: ['id=4'] },
    errno,
    mend: 'DELETE FROM t WHERE id=4',
  },
];

t.test('rows that a rule would refuse', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    for (const hazard of hazards) await showHazard(t, server, hazard);
    if (server.kind === 'mariadb-10.11') await showHazard(t, server, json);
  });
});

const json: Hazard = {
  name: 'JSON, which is a rule here',
  setUp,
  alter: 'MODIFY j JSON',
  finds: { id: 'refused-by-check', count: 1, samples: ['id=2'] },
  errno: 4025,
  mend: 'DELETE FROM t WHERE id=2',
};

t.test('what cannot be asked is unknown; what is no new rule is not asked', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    for (const sql of setUp) await schema.query(sql);
    await schema.query('ALTER TABLE t ADD CONSTRAINT small CHECK (a < 10)');
    const asked = async (alter: string) =>
      questionsBy(await changeFacts(session, server, schema, alter), 'refused-by-check').map((question) =>
        question.kind === 'unknown' ? question.why : question.kind,
      );
    t.match(await asked('ADD COLUMN z INT DEFAULT 1, ADD CHECK (z > a)'), [/the column z, .* adds/]);
    t.match(await asked('MODIFY s INT, ADD CHECK (s > 3)'), [/the column s, .* converts/]);
    t.same(await asked('ADD COLUMN z INT'), []);
    t.same(await asked('DROP CONSTRAINT small'), []);
    t.same(await asked('DROP CONSTRAINT small, ADD CONSTRAINT tiny CHECK (a < 10)'), []);
    if (server.kind === 'mysql-9.7') t.same(await asked('ADD CHECK (a < 1) NOT ENFORCED'), []);
  });
});

import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { changeFacts } from '../support/facts.js';
import { sessionFor } from '../support/probing.js';
import { questionsBy } from '../support/questions.js';
import { type Hazard, showHazard } from '../support/row-hazards.js';

const kinds = ['mysql-9.7', 'mariadb-10.11'] as const;

const setUp = [
  'CREATE TABLE t (id INT NOT NULL, d DATE, s VARCHAR(9), `by` INT, KEY (id)) DEFAULT CHARSET utf8mb4',
  `INSERT INTO t VALUES (1, '2019-05-01', 'a', 1), (2, '2024-05-01', 'it''s', 2), (3, NULL, 'b', NULL), (12, '2030-01-01', NULL, 9)`,
];
const keyed = [...setUp, 'ALTER TABLE t ADD PRIMARY KEY (id)'];
const errno = 1526;

const hazards: readonly Hazard[] = [
  {
    name: 'RANGE over an expression; NULL is below everything',
    setUp,
    alter:
      'PARTITION BY RANGE (YEAR(d)) (PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN (2025))',
    finds: { id: 'no-partition', count: 1, samples: ['d=2030-01-01'] },
    errno,
    mend: 'DELETE FROM t WHERE id=12',
  },
  {
    name: 'RANGE over a key',
    setUp: keyed,
    alter: 'PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (2), PARTITION p1 VALUES LESS THAN (3))',
    finds: { id: 'no-partition', count: 2, samples: ['id=3', 'id=12'] },
    errno,
    mend: 'DELETE FROM t WHERE id>=3',
  },
  {
    name: 'RANGE COLUMNS: the second column decides where the first is the bound',
    setUp,
    alter:
      "PARTITION BY RANGE COLUMNS (s, id) (PARTITION p0 VALUES LESS THAN ('a', 5), PARTITION p1 VALUES LESS THAN ('it''s', 2))",
    finds: { id: 'no-partition', count: 1, samples: ["id=2, s=it's"] },
    errno,
    mend: 'UPDATE t SET id=1 WHERE id=2',
  },
  {
    name: 'LIST; NULL has to be listed',
    setUp,
    alter: 'PARTITION BY LIST (`by` DIV 1) (PARTITION p0 VALUES IN (1, 2), PARTITION p1 VALUES IN (3))',
    finds: { id: 'no-partition', count: 2, samples: ['by=NULL', 'by=9'] },
    errno,
    mend: 'UPDATE t SET `by`=3 WHERE id IN (3, 12)',
  },
  {
    name: 'LIST COLUMNS of two columns',
    setUp,
    alter:
      "PARTITION BY LIST COLUMNS (id, s) (PARTITION p0 VALUES IN ((1, 'a'), (2, 'it''s')), PARTITION p1 VALUES IN ((12, NULL)))",
    finds: { id: 'no-partition', count: 1, samples: ['id=3, s=b'] },
    errno,
    mend: 'DELETE FROM t WHERE id=3',
  },
  {
    name: 'REORGANIZE of a list that forgets a value',
    setUp: [
      ...setUp,
      'ALTER TABLE t PARTITION BY LIST (id) (PARTITION p0 VALUES IN (1, 2), PARTITION p1 VALUES IN (3, 12))',
    ],
    alter: 'REORGANIZE PARTITION p1 INTO (PARTITION p1 VALUES IN (3), PARTITION p2 VALUES IN (4))',
    finds: { id: 'no-partition', count: 1, samples: ['id=12'] },
    errno: 'takes it, and loses the rows',
    mend: 'DELETE FROM t WHERE id=12',
  },
];

t.test('rows that have no partition', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    for (const hazard of hazards) await showHazard(t, server, hazard);
  });
});

t.test('nothing is asked where every row has a partition', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    for (const sql of setUp) await schema.query(sql);
    const asked = async (alter: string) =>
      questionsBy(await changeFacts(session, server, schema, alter), 'no-partition').map((question) =>
        question.kind === 'unknown' ? question.why : question.kind,
      );
    t.same(await asked('PARTITION BY HASH (id) PARTITIONS 3'), []);
    t.same(await asked('PARTITION BY KEY (s) PARTITIONS 3'), []);
    const rest =
      'PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (2), PARTITION p1 VALUES LESS THAN MAXVALUE)';
    t.same(await asked(rest), []);
    if (server.kind === 'mariadb-10.11') {
      t.same(await asked('PARTITION BY LIST (id) (PARTITION p0 VALUES IN (1), PARTITION p1 DEFAULT)'), []);
    }
    await schema.query(
      'ALTER TABLE t PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (5), PARTITION p1 VALUES LESS THAN (50))',
    );
    t.same(await asked('ADD PARTITION (PARTITION p2 VALUES LESS THAN (60))'), []);
    t.same(await asked('DROP PARTITION p1'), []);
    t.same(await asked('ADD COLUMN z INT'), []);
  });
});

import t from 'tap';
import { installGhost } from '../../../../lib/engines/gh-ost/binary/install.js';
import { makePlan } from '../../../../lib/plan/make-plan.js';
import { forEachServer, freshSchema } from '../../../servers.js';
import { ghostRequest, privateTemp, resultOf } from '../../../support/ghost-stage.js';

privateTemp(t);

interface Case {
  create: readonly string[];
  alter: string;
  /** Ids of the obstacles, and the exit code that they mean; absent where there is none. */
  refused?: [exitCode: number, ...ids: string[]];
  warning?: string;
}

const plain = 'CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20))';
const cases: Record<string, Case> = {
  'nothing in the way': { create: [plain], alter: 'MODIFY a BIGINT' },
  'no key at all': {
    create: ['CREATE TABLE t (a INT)'],
    alter: 'MODIFY a BIGINT',
    refused: [4, 'ghost-no-unique-key'],
  },
  'no key but one that may be NULL': {
    create: ['CREATE TABLE t (a INT, b INT, UNIQUE KEY (a))'],
    alter: 'MODIFY b BIGINT',
    refused: [4, 'ghost-nullable-key'],
  },
  'the only key is taken away': {
    create: [plain],
    alter: 'DROP PRIMARY KEY',
    refused: [4, 'ghost-no-shared-key'],
  },
  'a foreign key of the table': {
    create: [
      'CREATE TABLE parent (id INT PRIMARY KEY)',
      'CREATE TABLE t (id INT PRIMARY KEY, a INT, CONSTRAINT fk_a FOREIGN KEY (a) REFERENCES parent (id))',
    ],
    alter: 'ADD COLUMN c INT',
    refused: [4, 'ghost-foreign-key-child'],
  },
  'a foreign key that points at the table': {
    create: [
      plain,
      'CREATE TABLE child (id INT PRIMARY KEY, CONSTRAINT fk_t FOREIGN KEY (id) REFERENCES t (id))',
    ],
    alter: 'MODIFY a BIGINT',
    refused: [4, 'ghost-foreign-key-parent'],
  },
  'a trigger': {
    create: [plain, 'CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a=1'],
    alter: 'MODIFY a BIGINT',
    refused: [4, 'ghost-triggers'],
  },
  'a table whose name differs in case only': {
    create: [plain, 'CREATE TABLE T (id INT PRIMARY KEY)'],
    alter: 'MODIFY a BIGINT',
    refused: [4, 'ghost-case-twin'],
  },
  'several at once': {
    create: ['CREATE TABLE t (a INT)', 'CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a=1'],
    alter: 'MODIFY a BIGINT',
    refused: [4, 'ghost-no-unique-key', 'ghost-triggers'],
  },
  'a CHECK, which gets another name': {
    create: ['CREATE TABLE t (id INT PRIMARY KEY, a INT, CONSTRAINT a_is_positive CHECK (a > 0))'],
    alter: 'MODIFY a BIGINT',
    warning: 'ghost-check-names',
  },
  'a renamed column, whose values were followed': { create: [plain], alter: 'RENAME COLUMN a TO c' },
};

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  const { path } = await installGhost();
  for (const [name, { create, alter, refused, warning }] of Object.entries(cases)) {
    t.test(name, async (t) => {
      const schema = await freshSchema(t, server);
      for (const statement of create) await schema.query(statement);
      const tables = () =>
        schema.query<{ name: string }>(
          'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=? ORDER BY 1',
          [schema.name],
        );
      const before = await tables();
      const request = () => ghostRequest(server, `ALTER TABLE ${schema.name}.t ${alter}`, path);
      const { statements } = await makePlan(request());
      const [planned] = statements;
      if (refused === undefined) {
        t.match(planned, { strategy: 'gh-ost' });
        t.same(planned?.checks.map(({ id }) => id) ?? [], warning === undefined ? [] : [warning]);
        // What was promised is what comes of it.
        await schema.query('INSERT INTO t (id, a) VALUES (1, 5)');
        t.match(await resultOf(request()), { outcome: 'done', exitCode: 0 });
      } else {
        const [exitCode, ...ids] = refused;
        t.match(planned, { strategy: 'refuse', refusal: { exitCode, next: String } });
        const found = planned?.reasons.map(({ id }) => id).filter((id) => id.startsWith('ghost-'));
        t.same(found, ids);
        t.match(await resultOf(request()), { outcome: 'refused', exitCode });
        t.same(await tables(), before);
      }
    });
  }

  t.test('the values of two columns that change names with each other', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)');
    await schema.query('INSERT INTO t VALUES (1, 5, 6), (2, NULL, 7)');
    const sql = `ALTER TABLE ${schema.name}.t RENAME COLUMN a TO b, RENAME COLUMN b TO a`;
    t.match(await resultOf(ghostRequest(server, sql, path)), { outcome: 'done' });
    t.same(await schema.query('SELECT id, a, b FROM t ORDER BY id'), [
      { id: 1, a: 6, b: 5 },
      { id: 2, a: 7, b: null },
    ]);
  });
});

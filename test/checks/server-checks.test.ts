import t from 'tap';
import { runChecks } from '../../lib/checks/all.js';
import type { Check } from '../../lib/documents/plan.js';
import { forEachServer, freshSchema } from '../servers.js';
import { checksOf } from '../support/checks.js';
import { changeFacts } from '../support/facts.js';
import { sessionFor } from '../support/probing.js';

const kinds = ['mysql-9.7', 'mariadb-10.11'] as const;

function find(checks: readonly Check[], id: string): Check | undefined {
  return checks.find((check) => check.id === id);
}

t.test('rows of a partition that goes are counted, and may be given up by name', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query(`CREATE TABLE t (id INT NOT NULL PRIMARY KEY) PARTITION BY RANGE (id)
      (PARTITION p0 VALUES LESS THAN (100), PARTITION \`p 1\` VALUES LESS THAN (200), PARTITION p2 VALUES LESS THAN MAXVALUE)`);
    await schema.query('INSERT INTO t VALUES (1), (2), (3), (150)');
    await schema.query('ANALYZE TABLE t');
    const dropped = find(await checksOf(server, schema, 'DROP PARTITION p0'), 'rows-gone');
    t.match(dropped, { level: 'danger', count: 3, text: /p0/ });
    t.notOk(dropped?.final, 'it may be accepted');
    t.match(find(await checksOf(server, schema, 'DROP PARTITION p2, `p 1`'), 'rows-gone'), { count: 1 });
    const accepted = await checksOf(server, schema, 'DROP PARTITION p0', {
      checks: { timeMs: 60_000, accept: ['rows-gone'], forecast: 'rates' },
    });
    t.equal(find(accepted, 'rows-gone')?.accepted, true);
    t.equal(find(await checksOf(server, schema, 'DROP PARTITION p2'), 'rows-gone'), undefined, 'it is empty');
    t.equal(find(await checksOf(server, schema, 'REBUILD PARTITION p0'), 'rows-gone'), undefined, 'it stays');
    await schema.query('ALTER TABLE t DROP PARTITION p0');
    const [left] = await schema.query<{ n: number }>('SELECT COUNT(*) AS n FROM t');
    t.equal(left?.n, 1, 'a bare server deletes them');
  });
});

t.test('a dropped index is known by its use', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query(
      'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, b INT, KEY k_a (a), KEY k_b (b), KEY k_ab (a, b))',
    );
    await schema.query('INSERT INTO t VALUES (1, 1, 1), (2, 2, 2)');
    for (let n = 0; n < 3; n++) await schema.query('SELECT * FROM t FORCE INDEX (k_ab) WHERE a=1');
    const used = find(await checksOf(server, schema, 'DROP INDEX k_ab'), 'dropped-index-used');
    const hide = server.kind.startsWith('mysql')
      ? /ALTER INDEX `k_ab` INVISIBLE$/
      : /ALTER INDEX `k_ab` IGNORED$/;
    t.match(used, { level: 'warning', text: /^\d+ rows? w\S+ read through the index k_ab since/, fix: hide });
    t.ok((used?.count ?? 0) >= 3);
    const idle = find(await checksOf(server, schema, 'DROP INDEX k_b'), 'dropped-index-used');
    t.match(idle, { level: 'ok', text: /k_b was not read since/ });
    t.equal(
      find(await checksOf(server, schema, 'DROP INDEX k_a'), 'dropped-index-used'),
      undefined,
      'k_ab serves as well',
    );
    t.equal(
      find(await checksOf(server, schema, 'RENAME INDEX k_b TO k_bb'), 'dropped-index-used'),
      undefined,
    );
    await schema.query((used?.fix ?? '').replace(/^[^:]*: /, '')); // what it says can be done
  });
});

t.test('routines, events and triggers elsewhere that name the column', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT NOT NULL PRIMARY KEY, price INT, name VARCHAR(10))');
    await schema.query('CREATE TABLE o (id INT NOT NULL PRIMARY KEY)');
    await schema.query('CREATE PROCEDURE p() UPDATE t SET price=1');
    await schema.query('CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN (SELECT MAX(name) FROM t)');
    await schema.query(
      "CREATE EVENT e ON SCHEDULE EVERY 1 YEAR STARTS '2037-01-01' DO DELETE FROM t WHERE price < 0",
    );
    await schema.query('CREATE TRIGGER tr AFTER INSERT ON o FOR EACH ROW UPDATE t SET price=2');
    await schema.query('CREATE PROCEDURE other() UPDATE total SET price=1');
    const found = find(await checksOf(server, schema, 'DROP COLUMN price'), 'routine-mentions-column');
    t.match(found, { level: 'warning', count: 3, samples: ['procedure p', 'event e', 'trigger tr'] });
    const renamed = find(
      await checksOf(server, schema, 'CHANGE name title VARCHAR(10)'),
      'routine-mentions-column',
    );
    t.match(renamed, { samples: ['function f'] });
    t.equal(find(await checksOf(server, schema, 'ADD COLUMN z INT'), 'routine-mentions-column'), undefined);
  });
});

t.test('foreign keys that change rows by themselves', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, n INT, KEY (a))');
    await schema.query(`CREATE TABLE child (id INT NOT NULL PRIMARY KEY, x INT, y INT,
      CONSTRAINT fk_x FOREIGN KEY (x) REFERENCES t (id) ON DELETE CASCADE,
      CONSTRAINT fk_y FOREIGN KEY (y) REFERENCES t (id))`);
    await schema.query('CREATE TABLE parent (id INT NOT NULL PRIMARY KEY)');
    const on = (alter: string, table = 't') => checksOf(server, schema, alter, { table });
    const acting = 'ADD CONSTRAINT fk_a FOREIGN KEY (a) REFERENCES parent (id) ON DELETE SET NULL';
    t.match(find(await on(acting), 'cascade-added'), {
      level: 'warning',
      text: /fk_a \(ON DELETE SET NULL\)/,
    });
    const resting = 'ADD CONSTRAINT fk_a FOREIGN KEY (a) REFERENCES parent (id)';
    t.equal(find(await on(resting), 'cascade-added'), undefined);
    const incoming = find(await on('MODIFY n BIGINT'), 'cascade');
    const outgoing = find(await on('MODIFY y BIGINT, DROP FOREIGN KEY fk_y', 'child'), 'cascade');
    // MySQL 9.6 and up write them to the binary log.
    const isUnseen = server.kind !== 'mysql-9.7';
    t.match(incoming?.text ?? '', isUnseen ? /fk_x of \S+\.child \(ON DELETE CASCADE\)/ : /^$/);
    t.match(outgoing?.text ?? '', isUnseen ? /fk_x \(ON DELETE CASCADE\)/ : /^$/);
    t.equal(find(await on('ADD COLUMN z INT'), 'cascade'), undefined, 'what copies nothing');
    t.equal(find(await on('MODIFY id BIGINT NOT NULL', 'parent'), 'cascade'), undefined, 'no foreign key');
  });
});

t.test('row versions are told of when few are left', async (t) => {
  await forEachServer(t, kinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await schema.query('CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT)');
    const levels = async (alter: string, versions?: number) => {
      const facts = await changeFacts(session, server, schema, alter);
      const table = { ...facts.table, ...(versions !== undefined && { rowVersions: versions }) };
      const found = runChecks({ ...facts, table }).filter(({ id }) => id === 'row-versions');
      return found.map(({ level }) => level);
    };
    const expected = server.kind === 'mysql-9.7' ? ['warning'] : [];
    t.same(await levels('ADD COLUMN z INT', 203), expected);
    t.same(await levels('DROP COLUMN a', 254), expected);
    t.same(await levels('ADD COLUMN z INT', 100), []);
    t.same(await levels('ADD COLUMN z INT'), [], 'as the server counts them');
    t.same(await levels('ADD INDEX (a)', 254), [], 'an index adds none');
    t.same(await levels('ADD COLUMN z INT AS (a + 1) VIRTUAL', 254), [], 'what is not stored adds none');
  });
});

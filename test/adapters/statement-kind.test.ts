import t from 'tap';
import { knownStatements, passingKind } from '../../lib/adapters/statement-kind.js';

t.test('a statement that passes is known by its first word', async (t) => {
  const cases: [sql: string, kind: string | undefined][] = [
    ['SELECT 1', 'read'],
    ['  \n/* why */ -- because\n# and\n select 1', 'read'],
    ['insert into t values (1)', 'write'],
    ['INSERT INTO `a`.`migrations`(`timestamp`, `name`) VALUES (?, ?)', 'record'],
    ['DELETE FROM `migrations` WHERE `timestamp` = ?', 'record'],
    ['insert into `__drizzle_migrations` (`hash`) values(?)', 'record'],
    ['insert into `knex_migrations_lock` (`is_locked`) values (0)', 'write'],
    ['insert into `old` select * from `migrations` ', 'write'],
    ['ALTER TABLE t ADD c int', undefined],
    ['/*!40101 SELECT 1 */', undefined],
    ['/*M! SELECT 1 */', undefined],
    ['(SELECT 1)', undefined],
    ['', undefined],
    ['selected', undefined],
  ];
  for (const [sql, kind] of cases) t.equal(passingKind(sql), kind, sql);
});

t.test('a change behind a trigger or a routine is none of its body', async (t) => {
  const trigger = 'CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW';
  const cases: [sql: string, kinds: string[]][] = [
    [`${trigger} SET NEW.a=1; ALTER TABLE t MODIFY b BIGINT`, ['ddl', 'change']],
    [`${trigger} SET NEW.a=IF(NEW.b, 1, 2); ALTER TABLE t MODIFY b BIGINT`, ['ddl', 'change']],
    [
      `${trigger} BEGIN SET NEW.a=1; SET NEW.b=2; END; ALTER TABLE t ADD c INT; SELECT 1`,
      ['ddl', 'change', 'read'],
    ],
    [`${trigger} BEGIN SET NEW.a=1; SET NEW.b=2; END`, ['ddl']],
    [`${trigger} IF NOT EXISTS (SELECT 1) THEN SET NEW.a=1; SET NEW.b=2; END IF`, ['ddl']],
    [`${trigger} FOR i IN 1..2 DO SET NEW.a=i; END FOR; DROP INDEX i ON t`, ['ddl', 'change']],
    ['CREATE FUNCTION IF NOT EXISTS f() RETURNS INT RETURN 1; CREATE INDEX i ON t (a)', ['ddl', 'change']],
    ['CREATE PROCEDURE p() BEGIN ALTER TABLE t ADD c INT; END; SELECT 1', ['ddl']],
    [
      'DROP TRIGGER x; CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t; DROP INDEX i ON t',
      ['ddl', 'ddl', 'change'],
    ],
    [
      '/*!50003 CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a=1; END */; ALTER TABLE t ADD c INT',
      ['change'],
    ],
  ];
  for (const [sql, kinds] of cases)
    t.same(
      knownStatements(sql, true).map(({ kind }) => kind),
      kinds,
      sql,
    );
  const [first, second] = knownStatements(
    `${trigger} BEGIN SET NEW.a=1; END; /* alterwise x */ ALTER TABLE t ADD c INT`,
    true,
  );
  t.match(first?.sql, /BEGIN SET NEW.a=1; END;?$/);
  t.match(second, { sql: 'ALTER TABLE t ADD c INT', lead: /alterwise x/ });
});

t.test('a statement is looked at closer where its first word does not tell', async (t) => {
  const cases: [sql: string, kind: string][] = [
    ['ALTER TABLE t ADD c int', 'change'],
    ['alter online table t ADD c int', 'change'],
    ['ALTER IGNORE TABLE t ADD c int', 'change'],
    ['/*!80000 ALTER TABLE t ADD c int */', 'change'],
    ['CREATE INDEX i ON t (a)', 'change'],
    ['CREATE UNIQUE INDEX i ON t (a)', 'change'],
    ['CREATE OR REPLACE INDEX i ON t (a)', 'change'],
    ['CREATE OR REPLACE FULLTEXT INDEX i ON t (a)', 'change'],
    ['DROP INDEX i ON t', 'change'],
    ['ALTER TABLE t RENAME TO u', 'ddl'],
    ['ALTER TABLE t ADD c int, RENAME TO u', 'change'],
    ['ALTER TABLE t TRUNCATE PARTITION p', 'ddl'],
    ['ALTER DATABASE d CHARACTER SET utf8mb4', 'ddl'],
    ['CREATE TABLE t (a int)', 'ddl'],
    ['CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1', 'ddl'],
    ['DROP TABLE t', 'ddl'],
    ['RENAME TABLE t TO u', 'ddl'],
    ['TRUNCATE t', 'ddl'],
    ['CREATE TEMPORARY TABLE t (a int)', 'temporary-table'],
    ['BEGIN', 'begin'],
    ['START TRANSACTION READ ONLY', 'begin'],
    ['START REPLICA', 'write'],
    ['COMMIT', 'end'],
    ['ROLLBACK', 'end'],
    ['ROLLBACK TO SAVEPOINT s', 'read'],
    ['ROLLBACK WORK TO s', 'read'],
    ['LOCK TABLES t WRITE', 'lock-tables'],
    ['UNLOCK TABLES', 'unlock-tables'],
    ['(SELECT 1)', 'write'],
    ['WITH a AS (SELECT 1) DELETE FROM t', 'write'],
    ["SELECT 'never ends", 'write'],
  ];
  for (const [sql, kind] of cases) t.equal(knownStatements(sql, false)[0]?.kind, kind, sql);
});

t.test('several statements, each with what stands in front of it', async (t) => {
  const text = 'SELECT 1; /* alterwise strategy=direct */\nALTER TABLE t ADD c int ;; COMMIT';
  t.strictSame(knownStatements(text, true), [
    { sql: 'SELECT 1', kind: 'read', lead: '' },
    { sql: 'ALTER TABLE t ADD c int', kind: 'change', lead: '; /* alterwise strategy=direct */\n' },
    { sql: 'COMMIT', kind: 'end', lead: ' ;; ' },
  ]);
});

t.test('a body is one statement, whatever stands in it', async (t) => {
  const body =
    'CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; ALTER TABLE t ADD b int; END';
  t.strictSame(knownStatements(body, false), [{ sql: body, kind: 'ddl', lead: '' }]);
  t.strictSame(
    knownStatements(`SELECT 1; ${body}`, true).map(({ sql }) => sql),
    ['SELECT 1', body],
  );
});

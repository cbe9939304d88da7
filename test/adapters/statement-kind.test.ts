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

import t from 'tap';
import { Fault } from '../../lib/fault.js';
import { parseMigration } from '../../lib/sql/migration.js';

function faultOf(text: string): Fault {
  try {
    parseMigration(text, 'm.sql');
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`it is read: ${text}`);
}

t.test('a word that is the name of something else is no view, trigger, routine or event', async (t) => {
  const others = [
    'DROP DATABASE event',
    'DROP SCHEMA IF EXISTS function',
    'CREATE USER trigger',
    'DROP ROLE view',
  ];
  for (const text of others) t.equal(faultOf(text).id, 'not-a-migration', text);
  const routines = [
    'DROP EVENT IF EXISTS e',
    'CREATE OR REPLACE ALGORITHM=MERGE DEFINER=a@b SQL SECURITY INVOKER VIEW v AS SELECT 1',
    "CREATE DEFINER = 'a'@'%' TRIGGER tr BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1",
    'CREATE AGGREGATE FUNCTION f RETURNS STRING SONAME "f.so"',
  ];
  for (const text of routines) t.equal(parseMigration(text, 'm.sql').length, 1, text);
});

t.test('an executable comment hides no table that would be dropped or renamed', async (t) => {
  for (const text of [
    'DROP TABLE a /*!50000 , b */',
    'DROP TABLE /*! a, */ b',
    'RENAME TABLE a TO b /*! , c TO d */',
  ]) {
    t.match(faultOf(text), { id: 'executable-comment', exitCode: 4 }, text);
  }
  t.equal(parseMigration('/*!50000 DROP TABLE a */', 'm.sql').length, 1, 'around the whole it hides nothing');
});

t.test("a statement inside of MariaDB's SET STATEMENT is not let through unread", async (t) => {
  t.match(faultOf('SET STATEMENT max_statement_time = 1 FOR DROP TABLE a'), {
    id: 'not-a-migration',
    next: /SET STATEMENT/,
  });
});

t.test('the place of a fault is that of the whole file', async (t) => {
  const before = "SET @a = 1;\nDELIMITER //\nSET @b = '\n'//\ndelimiter ;\n";
  for (const wrong of ["DROP TABLE 'x'", 'ALTER TABLE a ADD b INT,, ADD c INT', "SET @a = 'x"]) {
    t.match(faultOf(`${before}${wrong}`).message, /line 6, column/, wrong);
  }
});

t.test('a long list and many delimiters take time in proportion', async (t) => {
  const texts = {
    'many tables': `DROP TABLE a${', a'.repeat(60_000)}`,
    'many delimiters': "DELIMITER |\nSET @a = 'x'|\ndelimiter ;\n".repeat(6_000),
    'many statements in one delimiter': `DELIMITER |\n${"SET @a = 'x'|\n".repeat(15_000)}`,
  };
  for (const [name, text] of Object.entries(texts)) {
    const startedAt = performance.now();
    parseMigration(text, 'm.sql');
    t.ok(performance.now() - startedAt < 2_000, name);
  }
});

t.test('a message shows little of a statement, and nothing that steers a terminal', async (t) => {
  const long = 'x'.repeat(100_000);
  for (const text of [
    `DROP TABLE '${long}'`,
    `${long} ${long}`,
    `ALTER TABLE \`\u001b[2J${long}\` LOCK=NONE`,
    '\u009b31m x',
  ]) {
    const { message } = faultOf(text);
    t.ok(message.length < 200, message.slice(0, 200));
    t.notMatch(message, /\p{Cc}/u);
  }
});

t.test('a name that MySQL would read as another is refused', async (t) => {
  const wrong = [
    'ALTER TABLE t DROP COLUMN `a🧊`',
    'ALTER TABLE t CHANGE a 😀 INT',
    'ALTER TABLE `😀` FORCE',
    'CREATE INDEX i ON t (a, `😀`)',
    'DROP TABLE a, `😀`',
    'CREATE TABLE t (a INT, `😀` INT)',
  ];
  for (const text of wrong)
    t.match(faultOf(text), { id: 'name-not-permitted', exitCode: 2, message: /line 1, column/ }, text);
  const right = [
    "ALTER TABLE t ADD a INT COMMENT '😀' /* 😀 */",
    'SET @😀 = 1, @`🧊` = "😀"',
    'ALTER TABLE größe ADD 表 INT',
  ];
  for (const text of right) t.equal(parseMigration(text, 'm.sql').length, 1, text);
});

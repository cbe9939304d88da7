import t from 'tap';
import { Fault } from '../../lib/fault.js';
import { parseMigration } from '../../lib/sql/migration.js';
import type { Statement } from '../../lib/sql/statement.js';

/** Each statement as its kind (of plain ones the verb) and its text. */
function read(text: string): [string, string][] {
  return parseMigration(text, 'm.sql').map((each) => [each.kind === 'alter' ? 'ALTER' : each.verb, each.sql]);
}

t.test('a file is its statements in their order', async (t) => {
  const text = `-- first; not this
    SET @x = 'a;b';
    /* nor; this */ CREATE TABLE a (id INT, \`b;c\` TEXT DEFAULT ';');
    ALTER TABLE a ADD d INT; # nor this;
    CREATE UNIQUE INDEX i ON a (d);
    INSERT INTO a VALUES (1, 'it''s; "fine"', 2);
    UPDATE a SET d = 3; DELETE FROM a WHERE d = 3;
    RENAME TABLE a TO e; TRUNCATE e; DROP TABLE IF EXISTS e, f`;
  t.same(
    read(text).map(([kind]) => kind),
    [
      'SET',
      'CREATE TABLE',
      'ALTER',
      'ALTER',
      'INSERT',
      'UPDATE',
      'DELETE',
      'RENAME TABLE',
      'TRUNCATE TABLE',
      'DROP TABLE',
    ],
  );
  t.equal(read(text)[4]?.[1], `INSERT INTO a VALUES (1, 'it''s; "fine"', 2)`);
});

t.test('DELIMITER is understood, and a body keeps its semicolons', async (t) => {
  const body = "CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.b = '//'; SET NEW.c = 1; END";
  t.same(read(`ALTER TABLE a ADD b INT;\nDELIMITER //\n${body}//\ndelimiter ;\nALTER TABLE a ADD c INT;`), [
    ['ALTER', 'ALTER TABLE a ADD b INT'],
    ['CREATE', body],
    ['ALTER', 'ALTER TABLE a ADD c INT'],
  ]);
  t.same(
    read(`DELIMITER $$\n${body}$$\nALTER TABLE a ADD b INT$$`).map(([kind]) => kind),
    ['CREATE', 'ALTER'],
    'a delimiter that could be part of a word',
  );
  t.same(
    read("INSERT INTO a VALUES ('\nDELIMITER //\n'); SET @a = 1"),
    [
      ['INSERT', "INSERT INTO a VALUES ('\nDELIMITER //\n')"],
      ['SET', 'SET @a = 1'],
    ],
    'in a string it is no command',
  );
});

t.test('the tables that a statement touches', async (t) => {
  const tables = (sql: string): unknown[] =>
    parseMigration(sql, 'm.sql').flatMap((each: Statement) =>
      each.kind === 'plain'
        ? each.tables.map(({ schema, table, to, start, end }) => [
            schema,
            table,
            to?.table,
            each.sql.slice(start, end),
          ])
        : [],
    );
  const cases: [string, unknown[]][] = [
    ['  CREATE TABLE IF NOT EXISTS s.`a b` (id INT)', [['s', 'a b', undefined, 's.`a b`']]],
    [
      'DROP TABLE a, s . b',
      [
        [undefined, 'a', undefined, 'a'],
        ['s', 'b', undefined, 's . b'],
      ],
    ],
    [
      'RENAME TABLE a TO b, s.c TO s.d',
      [
        [undefined, 'a', 'b', 'a'],
        ['s', 'c', 'd', 's.c'],
      ],
    ],
    ['INSERT IGNORE INTO a (b) SELECT c FROM d', [[undefined, 'a', undefined, 'a']]],
    ['INSERT a VALUES (1)', [[undefined, 'a', undefined, 'a']]],
    ['REPLACE INTO a VALUES (1)', [[undefined, 'a', undefined, 'a']]],
    ['UPDATE LOW_PRIORITY a SET b = 1', [[undefined, 'a', undefined, 'a']]],
    ['DELETE QUICK FROM a WHERE b', [[undefined, 'a', undefined, 'a']]],
    ['TRUNCATE TABLE a', [[undefined, 'a', undefined, 'a']]],
    ['CREATE OR REPLACE VIEW v AS SELECT 1', []],
    ['SET NAMES utf8mb4', []],
  ];
  for (const [sql, expected] of cases) t.same(tables(sql), expected, sql);
});

t.test('what a migration cannot have is named with its place', async (t) => {
  const cases: [string, RegExp, RegExp][] = [
    ['SET @a = 1;\nSELECT 1;', /SELECT 1 \(m\.sql, line 2/, /usual client/],
    ['BEGIN; UPDATE a SET b = 1; COMMIT', /BEGIN/, /Leave transactions out/],
    ['USE shop; ALTER TABLE a ADD b INT', /USE shop/, /--database/],
    ['GRANT ALL ON *.* TO x', /GRANT ALL/, /usual client/],
    ['LOCK TABLES a WRITE', /LOCK TABLES/, /usual client/],
    ['-- only a comment', /no statement in m\.sql/, /at least one/],
    ['', /no statement/, /at least one/],
  ];
  for (const [text, message, next] of cases) {
    const error = t.throws(() => parseMigration(text, 'm.sql'), Fault) as Fault;
    t.match(error.message, message, text);
    t.match(error.next, next, text);
    t.equal(error.exitCode, 2);
  }
});

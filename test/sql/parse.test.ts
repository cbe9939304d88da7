import t from 'tap';
import { Fault } from '../../lib/fault.js';
import { parseStatements } from '../../lib/sql/parse.js';
import type { AlterStatement } from '../../lib/sql/statement.js';

function parseOne(text: string): AlterStatement {
  const [statement, ...more] = parseStatements(text);
  if (!statement || more.length > 0) throw new Error(`${text} is not one statement`);
  return statement;
}

t.test('a whole statement', async (t) => {
  t.same(
    parseOne(
      ' /* why */ ALTER TABLE `shop`.`orders`\n  ADD COLUMN note VARCHAR(20), -- new\n  LOCK=NONE ;\n',
    ),
    {
      kind: 'alter',
      sql: 'ALTER TABLE `shop`.`orders`\n  ADD COLUMN note VARCHAR(20), -- new\n  LOCK=NONE',
      schema: 'shop',
      table: 'orders',
      spec: 'ADD COLUMN note VARCHAR(20)',
      clauses: [{ text: 'ADD COLUMN note VARCHAR(20)', head: ['ADD', 'COLUMN', 'NOTE', 'VARCHAR'] }],
      asserted: { lock: 'NONE' },
      renames: [],
      references: [],
    },
  );
});

t.test('several statements', async (t) => {
  const statements = parseStatements("ALTER TABLE a COMMENT ';'; DROP INDEX i ON b;\n-- end\n");
  t.same(
    statements.map(({ table, spec }) => [table, spec]),
    [
      ['a', "COMMENT ';'"],
      ['b', 'DROP INDEX `i`'],
    ],
  );
});

const long = 'n'.repeat(64);
const tables: readonly [written: string, schema: string | undefined, table: string][] = [
  ['t', undefined, 't'],
  ['d.t', 'd', 't'],
  ['d . t', 'd', 't'],
  ['`d`.`t`', 'd', 't'],
  ['`d` . t', 'd', 't'],
  ['d./* x */`t`', 'd', 't'],
  ['`a``b`.`c``d`', 'a`b', 'c`d'],
  ['`my db`.`my table`', 'my db', 'my table'],
  ['`d.t`', undefined, 'd.t'],
  ['`select`.`table`', 'select', 'table'],
  ['größe.表', 'größe', '表'],
  [`\`${long}\``, undefined, long],
  ['1st.2nd', '1st', '2nd'],
  ['IF EXISTS t', undefined, 't'],
];

for (const [written, schema, table] of tables) {
  t.test(`table ${written}`, async (t) => {
    for (const space of [' ', '\n']) {
      const statement = parseOne(`ALTER TABLE ${written}${space}FORCE`);
      t.equal(statement.schema, schema);
      t.equal(statement.table, table);
      t.equal(statement.spec, 'FORCE');
    }
    if (written.startsWith('IF')) return;
    t.match(parseOne(`CREATE INDEX i ON ${written} (a)`), { table, spec: 'ADD INDEX `i` (a)' });
    t.match(parseOne(`DROP INDEX i ON ${written}`), { table, spec: 'DROP INDEX `i`' });
  });
}

t.test('a name touches the spec', async (t) => {
  t.match(parseOne('ALTER TABLE `t`FORCE'), { table: 't', spec: 'FORCE' });
  t.match(parseOne('ALTER TABLE t/**/FORCE'), { table: 't', spec: 'FORCE' });
});

t.test('IF EXISTS of the table is kept', async (t) => {
  t.equal(parseOne('ALTER TABLE IF EXISTS t FORCE').ifExists, true);
  t.notOk('ifExists' in parseOne('ALTER TABLE t FORCE'));
});

const specs: readonly [text: string, spec: string, asserted?: AlterStatement['asserted']][] = [
  ['ALTER TABLE t ADD c INT', 'ADD c INT'],
  ['alter table t add c int', 'add c int'],
  ['ALTER TABLE t ADD c INT,DROP d', 'ADD c INT, DROP d'],
  ['ALTER TABLE t\n\tADD  c\r\n INT ,\n DROP\td', 'ADD c INT, DROP d'],
  ['ALTER TABLE t ADD c INT /* x, y */, # z\n DROP /* - */ d', 'ADD c INT, DROP d'],
  ["ALTER TABLE t ADD c ENUM('a,b', 'c;\n  d') DEFAULT 'a,b'", "ADD c ENUM('a,b', 'c;\n  d') DEFAULT 'a,b'"],
  ['ALTER TABLE t ADD (a INT, b INT), DROP c', 'ADD (a INT, b INT), DROP c'],
  ['ALTER TABLE t ADD a INT AS (f(1, g(2,3))) STORED', 'ADD a INT AS (f(1, g(2,3))) STORED'],
  ['ALTER TABLE t WAIT 5 FORCE', 'FORCE'],
  ['ALTER TABLE t NOWAIT FORCE', 'FORCE'],
  ['ALTER ONLINE TABLE t FORCE', 'FORCE', { lock: 'NONE' }],
  ['ALTER ONLINE TABLE t FORCE, LOCK=SHARED', 'FORCE', { lock: 'SHARED' }],
  // ALGORITHM and LOCK
  ['ALTER TABLE t ALGORITHM=INPLACE, FORCE', 'FORCE', { algorithm: 'INPLACE' }],
  ['ALTER TABLE t FORCE, ALGORITHM=inplace', 'FORCE', { algorithm: 'INPLACE' }],
  ['ALTER TABLE t FORCE, ALGORITHM inplace, LOCK none', 'FORCE', { algorithm: 'INPLACE', lock: 'NONE' }],
  ['ALTER TABLE t ADD a INT, ALGORITHM = COPY, DROP b', 'ADD a INT, DROP b', { algorithm: 'COPY' }],
  ['ALTER TABLE t ALGORITHM=COPY, FORCE, ALGORITHM=INSTANT', 'FORCE', { algorithm: 'INSTANT' }],
  ['ALTER TABLE t LOCK=NONE, LOCK=SHARED, FORCE, LOCK=`exclusive`', 'FORCE', { lock: 'EXCLUSIVE' }],
  ['ALTER TABLE t ALGORITHM=DEFAULT,FORCE,LOCK=DEFAULT', 'FORCE', { algorithm: 'DEFAULT', lock: 'DEFAULT' }],
  ['ALTER TABLE t FORCE, /*!50600 ALGORITHM=INPLACE */', 'FORCE', { algorithm: 'INPLACE' }],
  ['ALTER TABLE t ALGORITHM=/*x*/COPY, FORCE', 'FORCE', { algorithm: 'COPY' }],
  ['ALTER TABLE t LOCK=SHARED PARTITION BY HASH(id)', 'PARTITION BY HASH(id)', { lock: 'SHARED' }],
  [
    'ALTER TABLE t ADD a INT, LOCK=SHARED REMOVE PARTITIONING',
    'ADD a INT REMOVE PARTITIONING',
    { lock: 'SHARED' },
  ],
  ['ALTER TABLE t DROP PARTITION p0, p1, LOCK=NONE', 'DROP PARTITION p0, p1', { lock: 'NONE' }],
  // and what only looks like it
  ['ALTER TABLE t ADD algorithm INT, DROP lock', 'ADD algorithm INT, DROP lock'],
  ['ALTER TABLE t ADD `ALGORITHM` INT', 'ADD `ALGORITHM` INT'],
  ["ALTER TABLE t COMMENT ', ALGORITHM=COPY, '", "COMMENT ', ALGORITHM=COPY, '"],
  ['ALTER TABLE t ADD a INT AS (algorithm=lock)', 'ADD a INT AS (algorithm=lock)'],
  ['ALTER TABLE t ORDER BY algorithm, lock', 'ORDER BY algorithm, lock'],
  ['ALTER TABLE t ADD a INT ALGORITHM=COPY', 'ADD a INT ALGORITHM=COPY'],
  // indexes
  ['CREATE INDEX i ON t (a)', 'ADD INDEX `i` (a)'],
  ['CREATE UNIQUE INDEX `a b` ON t (a, b(10) DESC)', 'ADD UNIQUE INDEX `a b` (a, b(10) DESC)'],
  ['create fulltext index i on t (a) with parser ngram', 'ADD FULLTEXT INDEX `i` (a) with parser ngram'],
  ['CREATE SPATIAL INDEX i ON t (a)', 'ADD SPATIAL INDEX `i` (a)'],
  ['CREATE INDEX i USING BTREE ON t (a)', 'ADD INDEX `i` USING BTREE (a)'],
  ['CREATE INDEX i ON t (a) USING HASH', 'ADD INDEX `i` (a) USING HASH'],
  ['CREATE INDEX i ON t ((a + (b)))', 'ADD INDEX `i` ((a + (b)))'],
  ['CREATE INDEX IF NOT EXISTS i ON t (a)', 'ADD INDEX IF NOT EXISTS `i` (a)'],
  ['CREATE OR REPLACE UNIQUE INDEX i ON t (a)', 'DROP INDEX IF EXISTS `i`, ADD UNIQUE INDEX `i` (a)'],
  ['CREATE INDEX i ON t (a) WAIT 3 COMMENT "x"', 'ADD INDEX `i` (a) COMMENT "x"'],
  [
    'CREATE INDEX i ON t(a)ALGORITHM=INPLACE LOCK=NONE',
    'ADD INDEX `i` (a)',
    { algorithm: 'INPLACE', lock: 'NONE' },
  ],
  ['CREATE INDEX i ON t (a) LOCK NONE COMMENT "c"', 'ADD INDEX `i` (a) COMMENT "c"', { lock: 'NONE' }],
  ['CREATE INDEX i ON t (lock)', 'ADD INDEX `i` (lock)'],
  ['CREATE INDEX lock ON t (a)', 'ADD INDEX `lock` (a)'],
  ['DROP INDEX i ON t', 'DROP INDEX `i`'],
  ['DROP INDEX IF EXISTS `a``b` ON t', 'DROP INDEX IF EXISTS `a``b`'],
  ['DROP INDEX `PRIMARY` ON t', 'DROP PRIMARY KEY'],
  ['DROP INDEX `primary` ON t', 'DROP PRIMARY KEY'],
  ['DROP INDEX i ON t LOCK=NONE ALGORITHM=INPLACE', 'DROP INDEX `i`', { algorithm: 'INPLACE', lock: 'NONE' }],
  ['DROP INDEX i ON t NOWAIT', 'DROP INDEX `i`'],
  // executable comments
  ['/*!40000 ALTER TABLE t DISABLE KEYS */', 'DISABLE KEYS'],
  ['ALTER TABLE t ADD c INT /*!80023 INVISIBLE */, DROP d', 'ADD c INT /*!80023 INVISIBLE */, DROP d'],
  [
    'ALTER TABLE t /*!50100 PARTITION BY LIST (a) (PARTITION p VALUES IN (1,2), PARTITION q VALUES IN (3)) */',
    '/*!50100 PARTITION BY LIST (a) (PARTITION p VALUES IN (1,2), PARTITION q VALUES IN (3)) */',
  ],
  // neighbours of the clauses that are refused
  ['ALTER TABLE t RENAME COLUMN a TO b', 'RENAME COLUMN a TO b'],
  ['ALTER TABLE t RENAME INDEX a TO b, RENAME KEY c TO d', 'RENAME INDEX a TO b, RENAME KEY c TO d'],
  ['ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4', 'CONVERT TO CHARACTER SET utf8mb4'],
  ['ALTER TABLE t ADD `rename` INT, DROP `exchange`', 'ADD `rename` INT, DROP `exchange`'],
  ["ALTER TABLE t COMMENT 'x', COMMENT ', RENAME TO y'", "COMMENT 'x', COMMENT ', RENAME TO y'"],
  ['ALTER TABLE t REBUILD PARTITION p0, p1', 'REBUILD PARTITION p0, p1'],
  [
    'ALTER TABLE t REORGANIZE PARTITION a, b INTO (PARTITION c)',
    'REORGANIZE PARTITION a, b INTO (PARTITION c)',
  ],
];

for (const [text, spec, asserted = {}] of specs) {
  t.test(text, async (t) => {
    const statement = parseOne(text);
    t.equal(statement.spec, spec);
    t.same(statement.asserted, asserted);
    t.equal(statement.sql, text);
    t.equal(statement.clauses.map((clause) => clause.text).join(', '), spec);
  });
}

t.test('lists stay in their clause', async (t) => {
  for (const list of ['ORDER BY a, b DESC', 'DROP PARTITION p, q, r', 'REORGANIZE PARTITION p, q INTO (x)']) {
    t.same(
      parseOne(`ALTER TABLE t ${list}`).clauses.map((clause) => clause.text),
      [list],
    );
  }
});

const heads: readonly [spec: string, head: string[]][] = [
  ['ADD COLUMN `a` INT(5) UNSIGNED', ['ADD', 'COLUMN', 'INT']],
  ['engine=InnoDB', ['ENGINE']],
  ['/*!80000 FORCE */', ['FORCE']],
  ['DROP PRIMARY KEY', ['DROP', 'PRIMARY', 'KEY']],
  ['(x)', []],
];

for (const [spec, head] of heads) {
  t.test(`head of ${spec}`, async (t) => t.same(parseOne(`ALTER TABLE t ${spec}`).clauses[0]?.head, head));
}

const renames: readonly [spec: string, ...renames: [from: string, to: string][]][] = [
  ['RENAME COLUMN a TO b', ['a', 'b']],
  ['rename column if exists a to b', ['a', 'b']],
  ['RENAME COLUMN `a b` TO `c``d`, RENAME COLUMN x TO y', ['a b', 'c`d'], ['x', 'y']],
  ['CHANGE a b INT', ['a', 'b']],
  ['CHANGE COLUMN `a` `b` INT', ['a', 'b']],
  ['CHANGE COLUMN IF EXISTS a b INT', ['a', 'b']],
  ['CHANGE `column` `if` INT', ['column', 'if']],
  ['CHANGE t.a b INT', ['a', 'b']],
  ['CHANGE größe 大小 INT', ['größe', '大小']],
  ['/*! CHANGE a b INT */', ['a', 'b']],
  ['CHANGE a a BIGINT'],
  ['CHANGE a A BIGINT'],
  ['CHANGE Größe größe BIGINT'],
  ['RENAME COLUMN a TO A'],
  ['RENAME INDEX a TO b'],
  ["ADD c INT COMMENT 'change a b int'"],
  ['ALTER COLUMN a SET DEFAULT 1'],
  ['CHANGE'],
  ['CHANGE a'],
  ['CHANGE a.'],
  ['RENAME COLUMN a b'],
];

for (const [spec, ...expected] of renames) {
  t.test(`renames of ${spec}`, async (t) => {
    t.same(
      parseOne(`ALTER TABLE t ${spec}`).renames,
      expected.map(([from, to]) => ({ from, to })),
    );
  });
}

const references: readonly [
  spec: string,
  ...names: [schema: string | undefined, table: string, text: string][],
][] = [
  ['ADD FOREIGN KEY (a) REFERENCES p (id)', [undefined, 'p', 'p']],
  ['ADD c INT,  ADD CONSTRAINT x FOREIGN KEY (a)\nREFERENCES `d`.`p`(id)', ['d', 'p', '`d`.`p`']],
  ['ADD a INT REFERENCES d . p (id), ADD b INT references q(id)', ['d', 'p', 'd . p'], [undefined, 'q', 'q']],
  ['ADD (a INT REFERENCES `p``q` (id))', [undefined, 'p`q', '`p``q`']],
  ["ADD a INT COMMENT 'REFERENCES x'"],
  ['ADD `references` INT'],
  ['ADD a INT REFERENCES'],
];

for (const [spec, ...expected] of references) {
  t.test(`references of ${spec}`, async (t) => {
    const statement = parseOne(`ALTER TABLE t ${spec}`);
    t.same(
      statement.references.map((r) => [r.schema, r.table, statement.spec.slice(r.start, r.end)]),
      expected,
    );
  });
}

const faults: readonly [text: string, id: string, exitCode: number, message?: RegExp][] = [
  ['', 'empty-statement', 2],
  ['-- nothing\n;', 'empty-statement', 2],
  ['ALTER TABLE t', 'empty-statement', 2],
  ['ALTER TABLE t ALGORITHM=COPY', 'empty-statement', 2],
  ['ALTER TABLE t ALGORITHM=COPY, LOCK=NONE', 'empty-statement', 2],
  ['ALTER TABLE t /*! */', 'empty-statement', 2],
  ['ALTER TABLE t ADD c INT,', 'empty-clause', 2, /column 24/],
  ['ALTER TABLE t , ADD c INT', 'empty-clause', 2],
  ['ALTER TABLE t ADD c INT,,DROP d', 'empty-clause', 2],
  ['ALTER TABLE t ADD c INT, LOCK=NONE,', 'empty-clause', 2],
  ['ALTER TABLE t ADD c INT(5', 'unbalanced-parentheses', 2],
  ['ALTER TABLE t ADD c INT)', 'unbalanced-parentheses', 2],
  ['ALTER TABLE', 'syntax', 2, /the name of a table/],
  ['ALTER TABLE "t" FORCE', 'syntax', 2],
  ['ALTER TABLE `` FORCE', 'syntax', 2],
  ['ALTER TABLE d. FORCE', 'empty-statement', 2],
  ['ALTER TABLE 123 FORCE', 'syntax', 2],
  ['CREATE INDEX i t (a)', 'syntax', 2],
  ['CREATE INDEX i ON t', 'syntax', 2],
  ['CREATE INDEX ON t (a)', 'syntax', 2],
  ['DROP INDEX i', 'syntax', 2],
  ['DROP TABLE t', 'not-an-alter', 2, /DROP TABLE/],
  ['ALTER TABLE t FORCE;\nupdate t set a=1', 'not-an-alter', 2, /update t \(line 2/],
  ['ALTER VIEW v AS SELECT 1', 'not-an-alter', 2, /ALTER VIEW/],
  ['CREATE UNIQUE TABLE x', 'not-an-alter', 2],
  ['(', 'not-an-alter', 2],
  ["'ALTER TABLE t FORCE'", 'not-an-alter', 2],
  ['SET STATEMENT max_statement_time=1 FOR ALTER TABLE t FORCE', 'not-an-alter', 2],
  ['`ALTER` TABLE t FORCE', 'not-an-alter', 2],
  ['ALTER IGNORE TABLE t ADD UNIQUE (a)', 'alter-ignore', 4],
  ['ALTER ONLINE IGNORE TABLE t FORCE', 'alter-ignore', 4],
  ['ALTER /*!50000 IGNORE */ TABLE t FORCE', 'executable-comment', 4],
  ['ALTER TABLE t RENAME TO x', 'renames-table', 4],
  ['ALTER TABLE t RENAME x', 'renames-table', 4],
  ['ALTER TABLE t rename as x', 'renames-table', 4],
  ['ALTER TABLE t RENAME = x', 'renames-table', 4],
  ['ALTER TABLE t RENAME `column`', 'renames-table', 4],
  ['ALTER TABLE t FORCE, RENAME d.x', 'renames-table', 4],
  ['ALTER TABLE t FORCE, /*!50000 RENAME TO x */', 'renames-table', 4],
  ['ALTER TABLE t ORDER BY a, RENAME TO x', 'renames-table', 4],
  ['ALTER TABLE t LOCK=NONE, RENAME x', 'renames-table', 4],
  ['ALTER TABLE t EXCHANGE PARTITION p WITH TABLE d.x', 'exchanges-partition', 4],
  ['ALTER TABLE t ALGORITHM=INPLACE, exchange /**/ partition p with table x', 'exchanges-partition', 4],
  ['ALTER TABLE t CONVERT TABLE x TO PARTITION p VALUES LESS THAN (1)', 'converts-partition', 4],
  ['ALTER TABLE t CONVERT PARTITION p TO TABLE x', 'converts-partition', 4],
  ['ALTER TABLE t DISCARD TABLESPACE', 'moves-tablespace', 4],
  ['ALTER TABLE t IMPORT TABLESPACE', 'moves-tablespace', 4],
  ['ALTER TABLE t DISCARD PARTITION p TABLESPACE', 'moves-tablespace', 4],
  ['ALTER TABLE t IMPORT PARTITION ALL TABLESPACE', 'moves-tablespace', 4],
  ['ALTER TABLE t TRUNCATE PARTITION p', 'truncates-partition', 4],
  ['ALTER TABLE t ANALYZE PARTITION p', 'maintains-partition', 4],
  ['ALTER TABLE t CHECK PARTITION p', 'maintains-partition', 4],
  ['ALTER TABLE t OPTIMIZE PARTITION ALL', 'maintains-partition', 4],
  ['ALTER TABLE t REPAIR PARTITION p', 'maintains-partition', 4],
  ['ALTER TABLE t ADD c INT /*!50000 , DROP d */', 'executable-comment', 4],
  ['ALTER TABLE t ADD c INT (/*!50000 5) */', 'executable-comment', 4],
  ['ALTER TABLE t ADD c INT /*!50000 ( */ 5)', 'executable-comment', 4],
  ['ALTER TABLE /*!50000 a */ b FORCE', 'executable-comment', 4],
  ['/*!50000 ALTER TABLE t */ FORCE', 'executable-comment', 4],
  ['ALTER TABLE t FORCE /*! ; DROP TABLE t */', 'executable-comment', 4],
  ['ALTER TABLE t LOCK=/*! NONE */ PARTITION BY HASH(a)', 'executable-comment', 4],
];

for (const [text, id, exitCode, message] of faults) {
  t.test(`${id}: ${JSON.stringify(text)}`, async (t) => {
    const error = t.throws(() => parseStatements(text));
    t.ok(error instanceof Fault, String(error));
    t.match(error, { id, exitCode, ...(message ? { message } : {}) });
    t.ok(error instanceof Fault && error.next, 'says what to do');
  });
}

import fc from 'fast-check';
import { literal, spelt, stringLiteral } from './spelling.js';

const types = [
  'INT',
  'BIGINT UNSIGNED',
  'VARCHAR(20)',
  'VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  'DECIMAL(10,2)',
  'DATETIME(3)',
  'TEXT',
  'JSON',
  "ENUM('a','b;c','it''s')",
  "SET('x','y')",
];

const name = spelt.map(({ sql }) => sql);

/** A type, and what follows it in a definition. */
export const column: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...types),
    fc.constantFrom('', '', ' NOT NULL', ' NULL', ' /*!50000 NOT NULL */', ' /*!80023 INVISIBLE*/'),
    fc.option(literal, { freq: 2 }),
    fc.option(stringLiteral, { freq: 3 }),
  )
  .map(
    ([type, empty, value, text]) =>
      `${type}${empty}${value === null ? '' : ` DEFAULT ${value}`}${text === null ? '' : ` COMMENT ${text}`}`,
  );

/** `(a, b(10) DESC)` */
export const keyParts: fc.Arbitrary<string> = fc
  .array(fc.tuple(name, fc.constantFrom('', '', ' DESC', '(10)', ' ASC')), { minLength: 1, maxLength: 3 })
  .map((parts) => `(${parts.map((part) => part.join('')).join(', ')})`);

const place = fc.oneof(
  fc.constant(''),
  fc.constant(' FIRST'),
  name.map((after) => ` AFTER ${after}`),
);

/** One clause of an ALTER TABLE, of any kind that may reach a server. */
export const clause: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(name, column, place).map(([a, b, c]) => `ADD COLUMN ${a} ${b}${c}`),
  fc.tuple(name, column).map(([a, b]) => `ADD ${a} ${b}`),
  fc.tuple(name, column, name, column).map(([a, b, c, d]) => `ADD (${a} ${b}, ${c} ${d})`),
  fc.tuple(name, column, place).map(([a, b, c]) => `MODIFY ${a} ${b}${c}`),
  fc.tuple(name, name, column).map(([a, b, c]) => `CHANGE COLUMN ${a} ${b} ${c}`),
  fc.tuple(name, name).map(([a, b]) => `RENAME COLUMN ${a} TO ${b}`),
  fc.tuple(name, name).map(([a, b]) => `RENAME INDEX ${a} TO ${b}`),
  name.map((a) => `DROP COLUMN ${a}`),
  name.map((a) => `DROP INDEX ${a}`),
  name.map((a) => `DROP FOREIGN KEY ${a}`),
  fc.constantFrom('DROP PRIMARY KEY', 'FORCE', 'ENGINE=InnoDB', 'ROW_FORMAT = DYNAMIC', 'AUTO_INCREMENT 7'),
  fc.constantFrom('CONVERT TO CHARACTER SET utf8mb4', 'DEFAULT CHARACTER SET latin1 COLLATE latin1_bin'),
  stringLiteral.map((a) => `COMMENT = ${a}`),
  fc.tuple(name, literal).map(([a, b]) => `ALTER COLUMN ${a} SET DEFAULT ${b}`),
  fc
    .tuple(fc.constantFrom('INDEX', 'UNIQUE KEY', 'FULLTEXT INDEX'), name, keyParts)
    .map(([a, b, c]) => `ADD ${a} ${b} ${c}`),
  keyParts.map((a) => `ADD PRIMARY KEY ${a}`),
  fc
    .tuple(name, keyParts, name, keyParts)
    .map(([a, b, c, d]) => `ADD CONSTRAINT ${a} FOREIGN KEY ${b} REFERENCES ${c} ${d} ON DELETE CASCADE`),
  fc.tuple(name, literal).map(([a, b]) => `ADD CHECK (${a} <> ${b} AND (1, 2) = (1, 2))`),
);

/** What the user says about the way; alterwise takes it out. */
export const assertion = fc.constantFrom(
  'ALGORITHM=INPLACE',
  'ALGORITHM INSTANT',
  'LOCK = NONE',
  'lock=shared',
  'ALGORITHM=`copy`',
);

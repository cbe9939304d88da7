import fc from 'fast-check';
import { quoteName } from '../../../lib/sql/names.js';
import { spelt, stringLiteral } from './spelling.js';

const types = [
  'INT',
  'INT NOT NULL',
  'BIGINT NOT NULL',
  'BIGINT UNSIGNED',
  'TINYINT',
  'SMALLINT NOT NULL DEFAULT 3',
  'INT AUTO_INCREMENT UNIQUE',
  'DECIMAL(6,1)',
  'DECIMAL(12,2) NOT NULL DEFAULT 0',
  'VARCHAR(2)',
  'VARCHAR(40)',
  'VARCHAR(60) NOT NULL',
  'VARCHAR(300) CHARACTER SET latin1',
  'VARCHAR(40) COLLATE utf8mb4_general_ci',
  'CHAR(10) CHARACTER SET ascii',
  'TEXT',
  'TEXT NOT NULL',
  'VARBINARY(20)',
  'JSON',
  'DATE',
  'DATETIME',
  'DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6)',
  'TIMESTAMP NULL',
  'TIME',
  'YEAR',
  'DOUBLE',
  'FLOAT NOT NULL DEFAULT 1.5',
  'BIT(4)',
  "ENUM('new','paid')",
  "ENUM('new','paid','gone','back') DEFAULT 'new'",
  "SET('a','b;c')",
  'INT AS (1 + 1) VIRTUAL',
  'INT AS (length(note)) STORED',
  'INT CHECK (1 > 0)',
  'INVALID TYPE',
];

/** Types, with what follows them in a definition; not all of them are right. */
export const columnType = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...types) },
  fc.tuple(fc.constantFrom(...types), stringLiteral).map(([a, b]) => `${a} COMMENT ${b}`),
);

/** Names that no table has, as a statement spells them. */
export const freshName = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('extra', '`new``name`', '`größer`', 'ID', '`select`') },
  spelt.map(({ sql }) => sql),
);

/** Mostly one of these names. */
export function realName(names: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 14, arbitrary: fc.constantFrom(...names).map(quoteName) }, freshName);
}

/** `(a, b(3) DESC)` */
export function liveKeyParts(column: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(column, fc.constantFrom('', '', '', '', '', '', ' DESC', '(3)')), {
      minLength: 1,
      maxLength: 2,
    })
    .map((parts) => `(${parts.map((part) => part.join('')).join(', ')})`);
}

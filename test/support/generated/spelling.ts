import fc from 'fast-check';
import { quoteName, quoteString } from '../../../lib/sql/names.js';

const plainNames = ['t', 'orders', 'Order_Items', 'a1', '$x', '_y', 'status', 'größe', '表', '1st', 'x$y'];
const reservedWords = ['select', 'TABLE', 'order', 'Group', 'KEY', 'alter', 'index', 'primary', 'delimiter'];
const oddNames = [
  ' a b',
  'a`b',
  '``',
  '`',
  "it's",
  'say "x"',
  'a;b',
  'a.b',
  'a--b',
  '-- c',
  '# c',
  '/* c */',
  '/*! c */',
  'a\\',
  'a\nb',
  '%s ?',
  'é'.normalize('NFD'),
  'ALTER TABLE t ADD c INT',
  'x'.repeat(64),
  '表'.repeat(64),
];

/** A name as a statement spells it, and what it means. */
export interface Spelt {
  name: string;
  sql: string;
}

/** Names as people write them, and as nobody should. */
export const spelt: fc.Arbitrary<Spelt> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...plainNames).map((name) => ({ name, sql: name })) },
  fc.constantFrom(...plainNames, ...reservedWords, ...oddNames).map(quoted),
  fc
    .string({ minLength: 1, maxLength: 64, unit: 'grapheme' })
    .map((name) => quoted(name.replace(/[\u{10000}-\u{10ffff}]/gu, 'x'))),
  fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_$]{0,62}$/).map(quoted),
);

function quoted(name: string): Spelt {
  return { name, sql: quoteName(name) };
}

const words = [
  "it's",
  '"',
  '\\',
  '\\\\',
  ';',
  '--',
  '-- x\n',
  '#',
  '/*',
  '*/',
  '/*! x */',
  '`',
  '\n',
  'é',
  '😀',
  ' ',
];
const pieces = fc.array(fc.constantFrom(...words, 'a', '0', 'DELIMITER //\n'), { maxLength: 8 });

/** Strings in single and in double quotes, with everything that ends a statement outside of one. */
export const stringLiteral: fc.Arbitrary<string> = fc.oneof(
  pieces.map((parts) => quoteString(parts.join(''))),
  pieces.map((parts) => `"${parts.join('').replaceAll('\\', '\\\\').replaceAll('"', '""')}"`),
  pieces.map((parts) => `'${parts.join('').replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`),
);

/** A value as SQL writes it. */
export const literal: fc.Arbitrary<string> = fc.oneof(
  stringLiteral,
  fc.integer().map(String),
  fc.constantFrom('NULL', '1.50', '1e5', '0xFF', "x'41'", "b'1'", "_utf8mb4'a;b'", '5--3', '@a', 'now()'),
);

/** All three kinds, with what could be mistaken for the end of a statement in them. */
export const comment: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('x', 'a;b', "it's", '"', '`', 'DELIMITER //', 'DROP TABLE t;', '\\', ''), fc.nat(2))
  .map(([text, kind]) => [`-- ${text}\n`, `#${text}\n`, `/* ${text} */`][kind] ?? '');

/** What stands between two words. */
export const gap: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constant(' ') },
  fc.constantFrom('  ', '\n', '\t', '\r\n', ' \n  '),
  comment.map((text) => ` ${text} `),
);

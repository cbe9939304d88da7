import fc from 'fast-check';
import { lex } from '../../../lib/sql/lexer.js';

const scraps = [
  ...["'", '"', '`', '``', '\\', ';', ',', '(', ')', '.', '=', '@', '\0', '\n', '\ud800', '😀', '\uFEFF'],
  ...['--', '-- x\n', '#', '/*', '*/', '/*!', '/*!50000 ', '/*M!100100 ', '/*+ x */', 'DELIMITER //\n'],
  ...[
    '\ndelimiter ;\n',
    '//',
    'IF EXISTS',
    'IGNORE',
    'OR REPLACE',
    'TEMPORARY',
    'SELECT',
    'FROM',
    'TO',
    'PARTITION BY',
  ],
];

/** A place in a text that is not known yet: a part of the whole. */
const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

type Mutation = (tokens: readonly string[]) => string[];

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  part.map(
    (at): Mutation =>
      (tokens) =>
        tokens.toSpliced(indexIn(tokens, at), 1),
  ),
  part.map(
    (at): Mutation =>
      (tokens) =>
        tokens.toSpliced(indexIn(tokens, at), 0, ...tokenAt(tokens, at)),
  ),
  fc.tuple(part, part).map(
    ([a, b]): Mutation =>
      (tokens) =>
        swapped(tokens, indexIn(tokens, a), indexIn(tokens, b)),
  ),
  fc.tuple(part, fc.constantFrom(...scraps)).map(
    ([at, scrap]): Mutation =>
      (tokens) =>
        tokens.toSpliced(indexIn(tokens, at), 0, scrap),
  ),
  part.map(
    (at): Mutation =>
      (tokens) =>
        tokens.slice(0, indexIn(tokens, at)),
  ),
  part.map(
    (at): Mutation =>
      (tokens) => [tokens.join('').slice(0, Math.floor(at * tokens.join('').length))],
  ),
);

/** Statements that are almost right: with tokens dropped, doubled and swapped, and scraps put in between. */
export function mutated(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([sql, mutations]) =>
      mutations.reduce<readonly string[]>((tokens, mutate) => mutate(tokens), tokensOf(sql)).join(''),
    );
}

/** What was never a statement. */
export const noise: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc
    .array(fc.constantFrom(...scraps, 'ALTER TABLE t', 'ADD', 'a', '1', 'DROP TABLE'), { maxLength: 14 })
    .map((all) => all.join(' ')),
);

/** Tokens, and what stands between them. */
export function tokensOf(sql: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  for (const { start, end, text } of lex(sql)) {
    if (at < start) tokens.push(sql.slice(at, start));
    tokens.push(text);
    at = end;
  }
  return [...tokens, sql.slice(at)];
}

function indexIn(tokens: readonly string[], at: number): number {
  return Math.floor(at * tokens.length);
}

function tokenAt(tokens: readonly string[], at: number): string[] {
  const token = tokens[indexIn(tokens, at)];
  return token === undefined ? [] : [token];
}

function swapped(tokens: readonly string[], a: number, b: number): string[] {
  return tokens.map((token, i) => (i === a ? (tokens[b] ?? token) : i === b ? (tokens[a] ?? token) : token));
}

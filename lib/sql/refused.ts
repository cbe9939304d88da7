import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { keyword } from './cursor.js';
import { excerpt, placeOf, type Token } from './lexer.js';

interface Refusal {
  id: string;
  matches: (first: string | undefined, second: string | undefined) => boolean;
  why: string;
  next: string;
}

/**
 * Throws where a clause must never reach a server through alterwise. A probe is an empty clone: these clauses move
 * rows into it, move it to another name, or touch its files; and none of them changes a schema. The tokens are
 * those of one clause, without marks of executable comments.
 */
export function refuseClause(tokens: readonly Token[]): void {
  const first = keyword(tokens[0]);
  const second = keyword(tokens[1]);
  const refusal = refusals.find((candidate) => candidate.matches(first, second));
  if (!refusal) return;
  throw new Fault(refusal.why, { id: refusal.id, exitCode: exitCodes.refused, next: refusal.next });
}

const refusals: readonly Refusal[] = [
  {
    id: 'renames-table',
    matches: (first, second) => first === 'RENAME' && !isOneOf(second, 'COLUMN', 'INDEX', 'KEY'),
    why: 'Renaming the table is not a change that alterwise makes: the row copy and the cut-over find the table by its name.',
    next: 'Run RENAME TABLE in a statement of its own, with your usual client and a short lock_wait_timeout.',
  },
  {
    id: 'exchanges-partition',
    matches: (first) => first === 'EXCHANGE',
    why: 'EXCHANGE PARTITION moves rows between tables; it is not a change of the schema.',
    next: 'Run it with your usual client and a short lock_wait_timeout.',
  },
  {
    id: 'converts-partition',
    matches: (first, second) => first === 'CONVERT' && isOneOf(second, 'TABLE', 'PARTITION'),
    why: 'CONVERT TABLE and CONVERT PARTITION turn a table into a partition or back, with its rows.',
    next: 'Run it with your usual client and a short lock_wait_timeout.',
  },
  {
    id: 'moves-tablespace',
    matches: (first, second) =>
      isOneOf(first, 'DISCARD', 'IMPORT') && isOneOf(second, 'TABLESPACE', 'PARTITION'),
    why: 'DISCARD and IMPORT TABLESPACE take the file with the rows away or put another one in its place.',
    next: 'Do it by hand, while nobody uses the table.',
  },
  {
    id: 'truncates-partition',
    matches: (first, second) => first === 'TRUNCATE' && second === 'PARTITION',
    why: 'TRUNCATE PARTITION deletes rows and changes no schema.',
    next: 'Run it with your usual client, after a look at what the partition holds.',
  },
  {
    id: 'maintains-partition',
    matches: (first, second) =>
      isOneOf(first, 'ANALYZE', 'CHECK', 'OPTIMIZE', 'REPAIR') && second === 'PARTITION',
    why: 'ANALYZE, CHECK, OPTIMIZE and REPAIR PARTITION maintain the table; they change no schema.',
    next: 'Run it with your usual client. REBUILD PARTITION is a change that alterwise takes.',
  },
];

function isOneOf(word: string | undefined, ...words: string[]): boolean {
  return word !== undefined && words.includes(word);
}

/**
 * Names consist of characters up to U+FFFF (MySQL manual, "Schema Object Names"). MySQL reads `?` for any other, with
 * no more than a warning, so that `` DROP COLUMN `a🧊` `` drops the column `a?`; MariaDB refuses it.
 * @param tokens of one statement out of `text`
 */
export function refuseNames(tokens: readonly Token[], text: string): void {
  const wrong = tokens.find(
    (token, i) => isName(token) && !isVariable(tokens[i - 1]) && beyond.test(token.text),
  );
  if (wrong === undefined) return;
  throw new Fault(
    `The name ${excerpt(wrong.text)} at ${placeOf(text, wrong.start)} has a character that no name may have: MySQL would read ? instead of it.`,
    {
      id: 'name-not-permitted',
      exitCode: exitCodes.usage,
      next: 'Take a name without emojis and other characters beyond U+FFFF; a name that SHOW CREATE TABLE shows with ? is spelt with ?.',
    },
  );
}

const beyond = /[\u{10000}-\u{10ffff}]/u;

function isName({ kind }: Token): boolean {
  return kind === 'word' || kind === 'quoted-name';
}

/** Variables of a session may be called anything. */
function isVariable(previous: Token | undefined): boolean {
  return previous?.text === '@';
}

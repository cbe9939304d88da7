import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { excerpt, placeOf, type Token } from './lexer.js';
import { keyword, nameOf } from './tokens.js';

/**
 * Refuses a clause that must never reach a server through alterwise. A probe is an empty clone: these clauses move
 * rows into it, move it to another name, or touch its files; and none of them changes a schema.
 * @param tokens of one clause, without marks of executable comments
 */
export function refuseClause(tokens: readonly Token[]): void {
  const head = `${keyword(tokens[0])} ${keyword(tokens[1])}`;
  const refusal = refusals.find(({ begins }) => begins.test(head));
  if (!refusal) return;
  throw new Fault(refusal.why, { id: refusal.id, exitCode: exitCodes.refused, next: refusal.next ?? byHand });
}

/** Whether a Fault is such a refusal. */
export function isRefusedClause({ id }: Fault): boolean {
  return refusals.some((refusal) => refusal.id === id);
}

const byHand = 'Run it with your usual client and a short lock_wait_timeout.';

const refusals: readonly { id: string; begins: RegExp; why: string; next?: string }[] = [
  {
    id: 'renames-table',
    begins: /^RENAME (?!(?:COLUMN|INDEX|KEY)$)/,
    why: 'alterwise does not rename tables: the row copy and the cut-over find the table by its name.',
    next: 'Run RENAME TABLE in a statement of its own, with your usual client and a short lock_wait_timeout.',
  },
  {
    id: 'exchanges-partition',
    begins: /^EXCHANGE /,
    why: 'EXCHANGE PARTITION moves rows between tables; it is not a change of the schema.',
  },
  {
    id: 'converts-partition',
    begins: /^CONVERT (?:TABLE|PARTITION)$/,
    why: 'CONVERT TABLE and CONVERT PARTITION turn a table into a partition or back, with its rows.',
  },
  {
    id: 'moves-tablespace',
    begins: /^(?:DISCARD|IMPORT) (?:TABLESPACE|PARTITION)$/,
    why: 'DISCARD and IMPORT TABLESPACE take the file with the rows away or put another one in its place.',
    next: 'Do it by hand, while nobody uses the table.',
  },
  {
    id: 'truncates-partition',
    begins: /^TRUNCATE PARTITION$/,
    why: 'TRUNCATE PARTITION deletes rows and changes no schema.',
    next: 'Run it with your usual client, after a look at what the partition holds.',
  },
  {
    id: 'maintains-partition',
    begins: /^(?:ANALYZE|CHECK|OPTIMIZE|REPAIR) PARTITION$/,
    why: 'ANALYZE, CHECK, OPTIMIZE and REPAIR PARTITION maintain the table; they change no schema.',
    next: 'Run it with your usual client. REBUILD PARTITION is a change that alterwise takes.',
  },
];

/**
 * Names consist of characters up to U+FFFF (MySQL manual, "Schema Object Names"). MySQL reads `?` for any other, with
 * no more than a warning, so that `` DROP COLUMN `a🧊` `` drops the column `a?`; MariaDB refuses it.
 * @param tokens of one statement out of `text`
 */
export function refuseNames(tokens: readonly Token[], text: string): void {
  // Variables of a session may be called anything.
  const wrong = tokens.find(
    (token, i) => nameOf(token) !== undefined && tokens[i - 1]?.text !== '@' && beyond.test(token.text),
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

import { exitCodes, Fault } from '../fault.js';
import { excerpt } from './excerpt.js';
import type { Token } from './lexer.js';
import { placeOf } from './place.js';

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

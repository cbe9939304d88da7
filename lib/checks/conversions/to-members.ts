import { quoteString } from '../../sql/names.js';
import type { KindOf } from '../../table/column-kind.js';
import { type Conversion, eitherOf, type Harm, harmed } from './harms.js';

type ToMembers = Conversion<KindOf<'enum' | 'set'>>;

/** Anything to ENUM or SET. Another order keeps the labels, so only members that are missing count. */
export function toMembers(pair: ToMembers): Harm[] | undefined {
  const { column, before, after } = pair;
  switch (before.family) {
    case 'integer':
      return ofNumbers(pair, column);
    case 'bit':
      return ofNumbers(pair, `${column}+0`);
    case 'enum':
    case 'set':
      return before.family === after.family ? ofMembers(pair, before.members) : ofLabels(pair, 'member-gone');
    case 'text':
      return ofLabels(pair, 'not-a-member');
    default:
      return undefined;
  }
}

/** The greatest number that stands for members. */
function mostOf({ family, members }: ToMembers['after']): bigint {
  const count = BigInt(members.length);
  return family === 'enum' ? count : 2n ** count - 1n;
}

function ofNumbers({ before, after, server }: ToMembers, number: string): Harm[] {
  // MySQL makes the empty value of 0, which is no member; MariaDB refuses it, and both of a BIT.
  const isZero = after.family === 'enum' && `${number} = 0`;
  const isRefused = server.flavor === 'mariadb' || before.family === 'bit';
  return [
    ...harmed(
      'not-a-member',
      'would be the number of no member',
      `${number} < 0`,
      `${number} > ${mostOf(after)}`,
      isRefused && isZero,
    ),
    ...harmed('value-rewritten', 'would become the empty value, which is no member', !isRefused && isZero),
  ];
}

/** By their names, which is how both servers convert; a name in other letters is the same one if case does not count. */
function ofMembers({ column, after }: ToMembers, before: readonly string[]): Harm[] {
  const missing = before.filter((member) => !after.members.includes(member));
  const lower = after.members.map((member) => member.toLowerCase());
  const isAlike = (member: string) =>
    !/_(bin|cs)$/.test(after.collation) && lower.includes(member.toLowerCase());
  const has = (members: readonly string[]) => {
    if (members.length === 0) return false;
    if (after.family === 'enum') return `${column} IN (${members.map(quoteString).join(', ')})`;
    return eitherOf(members.map((member) => `FIND_IN_SET(${quoteString(member)}, ${column}) > 0`));
  };
  return gone(
    'member-gone',
    after,
    has(missing.filter((member) => !isAlike(member))),
    has(missing.filter(isAlike)),
  );
}

function gone(
  id: 'member-gone' | 'not-a-member',
  { members }: ToMembers['after'],
  isGone: string | false,
  isRewritten: string | false,
): Harm[] {
  const shown = members.slice(0, 5).map((member) => `'${member}'`);
  const listed = `${shown.join(', ')}${members.length > shown.length ? ', …' : ''}`;
  return [
    ...harmed(id, `would not be among ${listed}`, isGone),
    ...harmed('value-rewritten', `would be written as another of ${listed}`, isRewritten),
  ];
}

function ofLabels({ column, after }: ToMembers, id: 'member-gone' | 'not-a-member'): Harm[] {
  const { charset, collation, family } = after;
  // As the new column compares: 'A' is found as 'a' if case does not count, and spaces at the end never do.
  const whole = `CONVERT(CONCAT(${column}) USING ${charset})`;
  const text = `TRIM(TRAILING ' ' FROM ${whole})`;
  const exact = isMember(after, text, `${charset}_bin`);
  // A text that is no member is read as the number of one.
  const numbered = `${whole} REGEXP '^[[:space:]]*[+]?[0-9]+$' AND CAST(${whole} AS UNSIGNED) BETWEEN ${family === 'enum' ? 1 : 0} AND ${mostOf(after)}`;
  const known = `${isMember(after, text, collation)} OR (${numbered})`;
  const asked = `${column} IS NOT NULL`;
  return gone(id, after, `${asked} AND NOT (${known})`, `${asked} AND NOT (${exact}) AND (${known})`);
}

function isMember({ family, members, charset }: ToMembers['after'], text: string, collation: string): string {
  const literals = members.map((member) => `CONVERT(${quoteString(member)} USING ${charset})`);
  if (family === 'enum') return `${text} COLLATE ${collation} IN (${literals.join(',')})`;
  // Every part of the list is taken out; if all were members, nothing is left.
  const cased = (sql: string) => (collation.endsWith('_bin') ? sql : `LOWER(${sql})`);
  const spread = `CONCAT(',',REPLACE(${cased(text)},',',',,'),',')`;
  const left = literals.reduce(
    (sql, member) => `REPLACE(${sql},CONCAT(',',${cased(member)},','),'')`,
    spread,
  );
  return `(${text} = '' OR ${left} = '')`;
}

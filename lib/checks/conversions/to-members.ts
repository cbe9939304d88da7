import { quoteString } from '../../sql/names.js';
import type { KindOf } from '../../table/column-kind.js';
import { type Conversion, eitherOf, type Harm, harmed } from './harms.js';

/** Anything to ENUM or SET. Another order keeps the labels, so only members that are missing count. */
export function toMembers(pair: Conversion & { after: KindOf<'enum' | 'set'> }): Harm[] | undefined {
  const { column, before, after, server } = pair;
  const most =
    after.family === 'enum' ? BigInt(after.members.length) : 2n ** BigInt(after.members.length) - 1n;
  switch (before.family) {
    case 'integer':
    case 'bit': {
      const number = before.family === 'bit' ? `${column}+0` : column;
      // MySQL makes the empty value of 0, which is no member; MariaDB refuses it, and both of a BIT.
      const isZero = after.family === 'enum' && `${number} = 0`;
      const refusesZero = server.flavor === 'mariadb' || before.family === 'bit';
      return [
        ...harmed(
          'not-a-member',
          'would be the number of no member',
          `${number} < 0`,
          `${number} > ${most}`,
          refusesZero && isZero,
        ),
        ...harmed(
          'value-rewritten',
          'would become the empty value, which is no member',
          !refusesZero && isZero,
        ),
      ];
    }
    case 'enum':
    case 'set':
      return before.family === after.family
        ? ofMembers(pair, before.members)
        : ofLabels(pair, 'member-gone', most);
    case 'text':
      return ofLabels(pair, 'not-a-member', most);
    default:
      return undefined;
  }
}

/** By their names, which is how both servers convert; a name in other letters is the same one if case does not count. */
function ofMembers(
  { column, after }: Conversion & { after: KindOf<'enum' | 'set'> },
  before: readonly string[],
): Harm[] {
  const missing = before.filter((member) => !after.members.includes(member));
  const exact = /_(bin|cs)$/.test(after.collation);
  const lower = after.members.map((member) => member.toLowerCase());
  const isAlike = (member: string) => !exact && lower.includes(member.toLowerCase());
  const has = (members: readonly string[]) => {
    if (members.length === 0) return false;
    if (after.family === 'enum') return `${column} IN (${members.map(quoteString).join(', ')})`;
    return eitherOf(...members.map((member) => `FIND_IN_SET(${quoteString(member)}, ${column}) > 0`));
  };
  return [
    ...harmed(
      'member-gone',
      `would not be among ${listed(after)}`,
      has(missing.filter((member) => !isAlike(member))),
    ),
    ...harmed(
      'value-rewritten',
      `would be written as another of ${listed(after)}`,
      has(missing.filter((member) => isAlike(member))),
    ),
  ];
}

function ofLabels(
  { column, after }: Conversion & { after: KindOf<'enum' | 'set'> },
  id: 'member-gone' | 'not-a-member',
  most: bigint,
): Harm[] {
  // As the new column compares: 'A' is found as 'a' if case does not count, and spaces at the end never do.
  const whole = `CONVERT(CONCAT(${column}) USING ${after.charset})`;
  const text = `TRIM(TRAILING ' ' FROM ${whole})`;
  const exact = isMember(after, `${text} COLLATE ${after.charset}_bin`, after.charset);
  const alike = isMember(after, `${text} COLLATE ${after.collation}`, after.charset);
  // A text that is no member is read as the number of one.
  const numbered = `${whole} REGEXP '^[[:space:]]*[+]?[0-9]+$' AND CAST(${whole} AS UNSIGNED) BETWEEN ${after.family === 'enum' ? 1 : 0} AND ${most}`;
  const asked = `${column} IS NOT NULL`;
  const known = `${alike} OR (${numbered})`;
  return [
    ...harmed(id, `would not be among ${listed(after)}`, `${asked} AND NOT (${known})`),
    ...harmed(
      'value-rewritten',
      `would be written as another of ${listed(after)}`,
      `${asked} AND NOT (${exact}) AND (${known})`,
    ),
  ];
}

function isMember({ family, members }: KindOf<'enum' | 'set'>, text: string, charset: string): string {
  const literals = members.map((member) => `CONVERT(${quoteString(member)} USING ${charset})`);
  if (family === 'enum') return `${text} IN (${literals.join(',')})`;
  // Every part of the list is taken out; if all were members, nothing is left.
  const [, collation = ''] = / COLLATE (\w+)$/.exec(text) ?? [];
  const bare = text.replace(/ COLLATE \w+$/, '');
  const isExact = collation.endsWith('_bin');
  const spread = `CONCAT(',',REPLACE(${isExact ? bare : `LOWER(${bare})`},',',',,'),',')`;
  const left = literals.reduce(
    (sql, member) => `REPLACE(${sql},CONCAT(',',${isExact ? member : `LOWER(${member})`},','),'')`,
    spread,
  );
  return `(${bare} = '' OR ${left} = '')`;
}

function listed({ members }: KindOf<'enum' | 'set'>): string {
  const shown = members.slice(0, 5).map((member) => `'${member}'`);
  return `${shown.join(', ')}${members.length > shown.length ? ', …' : ''}`;
}

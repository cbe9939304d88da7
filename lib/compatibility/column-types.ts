import { quoteName, quoteString } from '../sql/names.js';
import type { Column } from '../table/shape.js';
import { type Change, columnSql, fillSql, isRenamed } from './change.js';
import { alter, deploy, type Finding, own, sql, withoutSteps } from './finding.js';
import { type TypeChange, typeChange } from './type-change.js';

/** Columns that hold other values than before. */
export function columnTypes(change: Change): Finding[] {
  return change.kept.flatMap((pair) => {
    const becomes = typeChange(pair.before, pair.after);
    const findings = [...(becomes ? ofType(pair, becomes, change) : []), ...booleans(pair)];
    return isRenamed(pair) ? withoutSteps(findings) : findings;
  });
}

type Pair = Change['kept'][number];

function ofType(pair: Pair, becomes: TypeChange, change: Change): Finding[] {
  const { before, after } = pair;
  const { name } = after;
  const modify = own('contract', `MODIFY ${columnSql(after, change.parts.after)}`);
  const [from, to] = [typeText(before, after), typeText(after, before)];
  if (becomes.other) return [another(pair, [from, to], change)];
  const findings: Finding[] = [...members(pair, becomes, change)];
  const fits = [deploy('write', `writes to ${name} only what fits ${to}`), modify];
  if (becomes.loses) {
    findings.push({
      id: 'column-narrowed',
      previous: {
        works: 'maybe',
        text: `Writes to ${name} that do not fit ${to} (${from} before) are refused in strict mode, and cut without.`,
      },
      steps: fits,
    });
  }
  if (becomes.rounds) {
    findings.push({
      id: 'column-rounded',
      previous: {
        works: 'maybe',
        text: `What it writes to ${name} is rounded without an error to the digits of ${to} (${from} before).`,
      },
      steps: fits,
    });
  }
  if (becomes.gains) {
    findings.push({
      id: 'column-widened',
      next: {
        works: 'maybe',
        text: `Writes to ${name} that do not fit ${from} (it expects ${to}) are refused or rounded there.`,
      },
      steps: [{ ...modify, phase: 'expand' }, deploy('read', `writes to ${name} what only ${to} holds`)],
    });
  }
  return findings;
}

function members(
  { after }: Pair,
  { membersLost, membersGained, membersMoved }: TypeChange,
  change: Change,
): Finding[] {
  const { name } = after;
  const modify = own('contract', `MODIFY ${columnSql(after, change.parts.after)}`);
  const column = quoteName(name);
  const findings: Finding[] = [];
  const lost = membersLost.map(quoteString).join(', ');
  if (membersLost.length > 0) {
    const where =
      after.dataType === 'set'
        ? membersLost.map((member) => `FIND_IN_SET(${quoteString(member)}, ${column})`).join(' OR ')
        : `${column} IN (${lost})`;
    findings.push({
      id: 'member-removed',
      previous: {
        works: 'no',
        text: `Writes of ${lost} to ${name} are refused in strict mode, and emptied without.`,
      },
      next: { works: 'maybe', text: `It may read ${lost} from ${name}, which it does not know.` },
      steps: [
        deploy('write', `does not write ${lost} to ${name}`),
        sql('fill', fillSql(change, `${column} = …`, where)),
        modify,
      ],
    });
  }
  if (membersGained.length > 0) {
    const gained = membersGained.map(quoteString).join(', ');
    findings.push({
      id: 'member-added',
      previous: { works: 'yes', text: `It may read ${gained} from ${name}, once the new version writes it.` },
      next: {
        works: 'no',
        text: `Writes of ${gained} to ${name} are refused in strict mode, and emptied without.`,
      },
      steps: [{ ...modify, phase: 'expand' }, deploy('read', `writes ${gained} to ${name}`)],
    });
  }
  if (membersMoved) {
    const text = `The members of ${name} have another order, and so have sorted rows and the numbers of members.`;
    findings.push({ id: 'member-order', previous: { works: 'maybe', text }, next: { works: 'maybe', text } });
  }
  return findings;
}

function another({ before, after }: Pair, [from, to]: [string, string], change: Change): Finding {
  const { name } = after;
  const fresh = `${name}_new`;
  const text = (is: string, was: string) => `It reads and writes ${name} as ${was}, and finds ${is}.`;
  return {
    id: 'column-type',
    previous: { works: 'maybe', text: text(to, from) },
    next: { works: 'maybe', text: text(from, to) },
    steps: [
      alter(
        'expand',
        `ADD COLUMN ${columnSql(after, change.parts.after, true).replace(quoteName(name), () => quoteName(fresh))}`,
      ),
      deploy('write', `writes both ${before.name} and ${fresh}, and reads ${before.name}`),
      sql(
        'fill',
        fillSql(change, `${quoteName(fresh)} = ${quoteName(before.name)}`, `${quoteName(fresh)} IS NULL`),
      ),
      deploy('read', `reads and writes ${fresh} alone`),
      alter('contract', `DROP COLUMN ${quoteName(before.name)}`),
    ],
  };
}

/** Drivers take TINYINT(1) for a boolean (Connector/J by `tinyInt1isBit`, and several object mappers). */
function booleans({ before, after }: Pair): Finding[] {
  const isBoolean = ({ type }: Column) => type === 'tinyint(1)';
  if (before.dataType !== 'tinyint' || isBoolean(before) === isBoolean(after)) return [];
  if (after.dataType !== 'tinyint') return [];
  const text = `Drivers that take tinyint(1) for a boolean deliver ${after.name} ${isBoolean(after) ? 'as a boolean' : 'as a number'}.`;
  return [{ id: 'column-boolean', previous: { works: 'maybe', text } }];
}

/** With its character set, where that is all that differs. */
function typeText(column: Column, other: Column): string {
  const { type, charset } = column;
  const bare = type.replace(/(?<=^(?:tiny|small|medium|big)?int)\(\d+\)/, ''); // a width of display
  const short = bare.length > 60 ? column.dataType : bare;
  return column.type === other.type && charset !== undefined ? `${short} in ${charset}` : short;
}

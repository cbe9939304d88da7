import { isSameName as same } from '../checks/shared/facts.js';
import { quoteName, quoteString } from '../sql/names.js';
import type { Part } from '../table/parts.js';
import type { Column } from '../table/shape.js';
import { type Change, columnSql, fillSql } from './change.js';
import { defaultText, needsValue } from './columns.js';
import {
  alter,
  deploy,
  type Finding,
  finding,
  maybe,
  no,
  own,
  say,
  sql,
  withoutSteps,
  yes,
} from './finding.js';
import { type TypeChange, typeChange } from './type-change.js';

/** Columns that stay, and hold or accept other values than before. */
export function columnChanges(change: Change): Finding[] {
  return change.kept.flatMap((pair) => {
    const becomes = typeChange(pair.before, pair.after);
    const isRenamed = !same(pair.before.name, pair.after.name);
    const ofType = [...(becomes ? types(pair, becomes, change) : []), ...booleans(pair)];
    const rules = [...nulls(pair, change), ...defaults(pair, change), ...updates(pair)];
    return [
      // A renamed column is added beside the old one, with all that is different about it.
      ...(isRenamed ? withoutSteps(ofType) : ofType),
      ...computed(pair, change),
      // Nobody writes to a generated column.
      ...(pair.before.generated || pair.after.generated
        ? []
        : isRenamed || becomes?.other
          ? withoutSteps(rules)
          : rules),
    ];
  });
}

type Pair = Change['kept'][number];

function modify(phase: 'contract' | 'expand', { after }: Pair, { parts }: Change) {
  return own(phase, `MODIFY ${columnSql(after, parts.after)}`);
}

function types(pair: Pair, becomes: TypeChange, change: Change): Finding[] {
  const { before, after } = pair;
  const { name } = after;
  const [from, to] = [typeText(before, after), typeText(after, before)];
  if (becomes.other) return [otherType(pair, from, to, change)];
  const fits = [deploy('write', `writes to ${name} only what fits ${to}`), modify('contract', pair, change)];
  const narrowed = `Writes to ${name} that do not fit ${to} (${from} before) are refused in strict mode, and cut otherwise.`;
  const rounded = `Values written to ${name} are silently rounded to the digits of ${to} (${from} before).`;
  const widened = `Writes to ${name} that do not fit ${from} are refused or rounded: it is not ${to} yet.`;
  const wide = [modify('expand', pair, change), deploy('read', `writes to ${name} what only ${to} holds`)];
  return [
    ...members(pair, becomes, change),
    ...(becomes.loses ? [finding('column-narrowed', { previous: maybe(narrowed), steps: fits })] : []),
    ...(becomes.rounds ? [finding('column-rounded', { previous: maybe(rounded), steps: fits })] : []),
    ...(becomes.gains ? [finding('column-widened', { next: maybe(widened), steps: wide })] : []),
  ];
}

function members(
  pair: Pair,
  { membersLost, membersGained, membersMoved }: TypeChange,
  change: Change,
): Finding[] {
  const { name, dataType } = pair.after;
  const column = quoteName(name);
  const findings: Finding[] = [];
  const refused = (list: string) =>
    no(`Writes of ${list} to ${name} are refused in strict mode, and become empty otherwise.`);
  if (membersLost.length > 0) {
    const lost = membersLost.map(quoteString).join(', ');
    const where =
      dataType === 'set'
        ? membersLost.map((member) => `FIND_IN_SET(${quoteString(member)}, ${column})`).join(' OR ')
        : `${column} IN (${lost})`;
    findings.push(
      finding('member-removed', {
        previous: refused(lost),
        next: maybe(`Queries may return ${lost} from ${name}, which the new version does not know.`),
        steps: [
          deploy('write', `does not write ${lost} to ${name}`),
          sql('fill', fillSql(change, `${column} = …`, where)),
          modify('contract', pair, change),
        ],
      }),
    );
  }
  if (membersGained.length > 0) {
    const gained = membersGained.map(quoteString).join(', ');
    findings.push(
      finding('member-added', {
        previous: yes(`Queries may return ${gained} from ${name} once the new version writes it.`),
        next: refused(gained),
        steps: [modify('expand', pair, change), deploy('read', `writes ${gained} to ${name}`)],
      }),
    );
  }
  if (membersMoved) {
    const effect = maybe(
      `The members of ${name} have another order, and so have sorted rows and the numbers of the members.`,
    );
    findings.push(finding('member-order', { previous: effect, next: effect }));
  }
  return findings;
}

function otherType({ before, after }: Pair, from: string, to: string, change: Change): Finding {
  const { name } = after;
  const fresh = `${name}_new`;
  const added = columnSql(after, change.parts.after, true).replace(quoteName(name), () => quoteName(fresh));
  const effect = (is: string, was: string) =>
    maybe(`The application expects ${name} to be ${was}, but it is ${is}.`);
  return finding('column-type', {
    previous: effect(to, from),
    next: effect(from, to),
    steps: [
      alter('expand', `ADD COLUMN ${added}`),
      deploy('write', `writes both ${before.name} and ${fresh}, and reads ${before.name}`),
      sql(
        'fill',
        fillSql(change, `${quoteName(fresh)} = ${quoteName(before.name)}`, `${quoteName(fresh)} IS NULL`),
      ),
      deploy('read', `reads and writes ${fresh} alone`),
      alter('contract', `DROP COLUMN ${quoteName(before.name)}`),
    ],
  });
}

/** Drivers take TINYINT(1) for a boolean (Connector/J by `tinyInt1isBit`, and several object mappers). */
function booleans({ before, after }: Pair): Finding[] {
  const isBoolean = ({ type }: Column) => type === 'tinyint(1)';
  if (before.dataType !== 'tinyint' || after.dataType !== 'tinyint') return [];
  if (isBoolean(before) === isBoolean(after)) return [];
  const kind = isBoolean(after) ? 'a boolean' : 'a number';
  const text = `Drivers that treat tinyint(1) as a boolean return ${after.name} as ${kind}.`;
  return [finding('column-boolean', { previous: maybe(text) })];
}

/** With its character set, if that is all that differs. */
function typeText(column: Column, other: Column): string {
  const { type, charset } = column;
  const bare = type.replace(/(?<=^(?:tiny|small|medium|big)?int)\(\d+\)/, ''); // a display width
  const short = bare.length > 60 ? column.dataType : bare;
  return column.type === other.type && charset !== undefined ? `${short} in ${charset}` : short;
}

function nulls(pair: Pair, change: Change): Finding[] {
  const { before, after } = pair;
  if (before.nullable === after.nullable) return [];
  const { name } = after;
  const column = quoteName(name);
  const refused = maybe(`Writes of NULL to ${name} are refused.`);
  if (before.nullable) {
    return [
      finding('null-refused', {
        previous: refused,
        next: maybe(`Queries may return NULL from ${name}, which the new version does not expect.`),
        steps: [
          deploy('write', `never writes NULL to ${name}`),
          sql('fill', fillSql(change, `${column} = …`, `${column} IS NULL`)),
          modify('contract', pair, change),
        ],
      }),
    ];
  }
  return [
    finding('null-allowed', {
      previous: maybe(
        `Queries may return NULL from ${name} once somebody writes it, which the old version does not expect.`,
      ),
      next: refused,
      steps: [
        deploy('prepare', `can read NULL from ${name}`),
        modify('expand', pair, change),
        deploy('read', `writes NULL to ${name}`),
      ],
    }),
  ];
}

function defaults(pair: Pair, change: Change): Finding[] {
  const { before, after } = pair;
  const { name } = after;
  const [was, is] = [defaultText(before), defaultText(after)];
  const [needed, needs] = [needsValue(before), needsValue(after)];
  const given = [deploy('write', `gives ${name} a value in every INSERT`), modify('contract', pair, change)];
  if (needs && !needed) {
    const text = `INSERTs without ${name} fail in strict mode (they wrote ${was} before).`;
    return [finding('default-gone', { previous: maybe(text), steps: given })];
  }
  if (needed && !needs) {
    return [
      finding('default-new', {
        next: maybe(`INSERTs without ${name} fail in strict mode: it has no default yet.`),
        steps: [modify('expand', pair, change), deploy('read', `leaves ${name} out of INSERTs`)],
      }),
    ];
  }
  // A column that only loses or gets NULLs is a finding already.
  if (was === is || before.default === after.default) return [];
  return [
    finding('default-changed', {
      previous: maybe(`INSERTs without ${name} write ${is}, no longer ${was}.`),
      next: maybe(`INSERTs without ${name} write ${was}, not ${is} yet.`),
      steps: given,
    }),
  ];
}

function updates({ before, after }: Pair): Finding[] {
  const sets = ({ extra }: Column) => /on update/i.test(extra);
  if (sets(before) === sets(after)) return [];
  const effect = (verb: string) =>
    maybe(`An UPDATE of another column ${verb} ${after.name} to the current time.`);
  const [now, still] = sets(after) ? ['now sets', 'does not set'] : ['no longer sets', 'still sets'];
  return [finding('on-update', { previous: effect(now), next: effect(still) })];
}

/** Columns that the server computes from now on, or no longer, or by another expression. */
function computed(pair: Pair, change: Change): Finding[] {
  const { before, after } = pair;
  const { name } = after;
  const refused = no(`INSERT and UPDATE that give ${name} a value are refused: the server computes it.`);
  if (!before.generated && after.generated) {
    return [
      finding('column-generated', {
        previous: refused,
        next: maybe(`${name} holds what was written there last: the server does not compute it yet.`),
        steps: [deploy('read', `no longer writes ${name}`), modify('contract', pair, change)],
      }),
    ];
  }
  if (before.generated && !after.generated) {
    return [
      finding('column-not-generated', {
        previous: maybe(`${name} keeps its present values: the server no longer computes it.`),
        next: refused,
        steps: [say('prepare', `Make the change and deploy together: in between nobody writes ${name}.`)],
      }),
    ];
  }
  const isSame = expression(before.name, change.parts.before) === expression(name, change.parts.after);
  if (!before.generated || isSame) return [];
  const effect = maybe(`The server computes ${name} by another expression.`);
  return [finding('column-computed', { previous: effect, next: effect })];
}

function expression(column: string, parts: readonly Part[]): string | undefined {
  const found = parts.find(({ what, name }) => what === 'column' && same(name, column));
  return found?.what === 'column' ? found.expression : undefined;
}

/** Columns that compare and sort by another collation; their character set is a matter of the type. */
export function collations({ kept }: Change): Finding[] {
  const changed = kept.filter(
    ({ before, after }) =>
      before.collation !== undefined && after.collation !== undefined && before.collation !== after.collation,
  );
  const [first] = changed;
  if (first === undefined) return [];
  const names = changed.map(({ after }) => after.name).join(', ');
  const isOne = changed.every(
    ({ before, after }) =>
      before.collation === first.before.collation && after.collation === first.after.collation,
  );
  const effect = (is: string | undefined, not: string | undefined) =>
    maybe(
      `${names} compare and sort by ${isOne ? `${is}, not by ${not}` : 'another collation'}: queries may find other rows, in another order; comparisons with columns of the old collation may be refused (error 1267).`,
    );
  return [
    finding('collation-changed', {
      previous: effect(first.after.collation, first.before.collation),
      next: effect(first.before.collation, first.after.collation),
      steps: [say('prepare', `Look at the queries that compare, sort or join ${names}.`)],
    }),
  ];
}

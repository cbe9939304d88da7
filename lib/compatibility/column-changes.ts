import { expressionOf } from '../checks/shared/expressions.js';
import type { ColumnPair } from '../checks/shared/facts.js';
import { isSameName, quoteName, quoteString } from '../sql/names.js';
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
  type Step,
  say,
  sql,
  withoutSteps,
  yes,
} from './finding.js';
import { type TypeChange, typeChange } from './type-change.js';

/** Columns that stay, and hold or accept other values than before. */
export function columnChanges(change: Change): Finding[] {
  return change.kept.flatMap((pair) => {
    const { before, after } = pair;
    const changed: Changed = {
      ...pair,
      name: after.name,
      column: quoteName(after.name),
      change,
      modify: (phase) => own(phase, `MODIFY ${columnSql(after, change.parts.after)}`),
    };
    const becomes = typeChange(before, after);
    const isRenamed = !isSameName(before.name, after.name);
    const ofType = [...(becomes ? types(changed, becomes) : []), booleans(changed)];
    // Nobody writes to a generated column.
    const isWritten = !before.generated && !after.generated;
    const rules = isWritten ? [nulls(changed), defaults(changed), updates(changed)] : [];
    return [
      // A renamed column is added beside the old one, with all that is different about it.
      ...(isRenamed ? withoutSteps(ofType) : ofType),
      computed(changed),
      ...(isRenamed || becomes?.other ? withoutSteps(rules) : rules),
    ].filter((finding) => finding !== undefined);
  });
}

interface Changed extends ColumnPair {
  /** The new one; `column` in quotes. */
  name: string;
  column: string;
  change: Change;
  modify(phase: 'contract' | 'expand'): Step;
}

function types(changed: Changed, becomes: TypeChange): Finding[] {
  const { name, before, after, modify } = changed;
  const [from, to] = [typeText(before, after), typeText(after, before)];
  if (becomes.other) return [otherType(changed, from, to)];
  const fits = [deploy('write', `writes to ${name} only what fits ${to}`), modify('contract')];
  const wide = [modify('expand'), deploy('read', `writes to ${name} what only ${to} holds`)];
  const narrowed = `Writes to ${name} that do not fit ${to} (${from} before) are refused in strict mode, and cut otherwise.`;
  const rounded = `Values written to ${name} are silently rounded to the digits of ${to} (${from} before).`;
  const widened = `Writes to ${name} that do not fit ${from} are refused or rounded: it is not ${to} yet.`;
  return [
    ...members(changed, becomes),
    ...(becomes.loses ? [finding('column-narrowed', { previous: maybe(narrowed), steps: fits })] : []),
    ...(becomes.rounds ? [finding('column-rounded', { previous: maybe(rounded), steps: fits })] : []),
    ...(becomes.gains ? [finding('column-widened', { next: maybe(widened), steps: wide })] : []),
  ];
}

function members(
  { name, column, after, change, modify }: Changed,
  { membersLost = [], membersGained = [], membersMoved }: TypeChange,
): Finding[] {
  const findings: Finding[] = [];
  const [lost, gained] = [membersLost, membersGained].map((list) => list.map(quoteString).join(', '));
  const refused = (list = '') =>
    no(`Writes of ${list} to ${name} are refused in strict mode, and become empty otherwise.`);
  if (lost) {
    const isInSet = membersLost.map((member) => `FIND_IN_SET(${quoteString(member)}, ${column})`);
    const where = after.dataType === 'set' ? isInSet.join(' OR ') : `${column} IN (${lost})`;
    findings.push(
      finding('member-removed', {
        previous: refused(lost),
        next: maybe(`Queries may return ${lost} from ${name}, which the new version does not know.`),
        steps: [
          deploy('write', `does not write ${lost} to ${name}`),
          sql('fill', fillSql(change, `${column} = …`, where)),
          modify('contract'),
        ],
      }),
    );
  }
  if (gained) {
    findings.push(
      finding('member-added', {
        previous: yes(`Queries may return ${gained} from ${name} once the new version writes it.`),
        next: refused(gained),
        steps: [modify('expand'), deploy('read', `writes ${gained} to ${name}`)],
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

function otherType({ name, column, before, after, change }: Changed, from: string, to: string): Finding {
  const fresh = `${name}_new`;
  const [old, copy] = [quoteName(before.name), quoteName(fresh)];
  const added = columnSql(after, change.parts.after, true).replace(column, () => copy);
  const effect = (is: string, was: string) =>
    maybe(`The application expects ${name} to be ${was}, but it is ${is}.`);
  return finding('column-type', {
    previous: effect(to, from),
    next: effect(from, to),
    steps: [
      alter('expand', `ADD COLUMN ${added}`),
      deploy('write', `writes both ${before.name} and ${fresh}, and reads ${before.name}`),
      sql('fill', fillSql(change, `${copy} = ${old}`, `${copy} IS NULL`)),
      deploy('read', `reads and writes ${fresh} alone`),
      alter('contract', `DROP COLUMN ${old}`),
    ],
  });
}

/** Drivers take TINYINT(1) for a boolean (Connector/J by `tinyInt1isBit`, and several object mappers). */
function booleans({ name, before, after }: Changed): Finding | undefined {
  const isBoolean = ({ type }: Column) => type === 'tinyint(1)';
  if (before.dataType !== 'tinyint' || after.dataType !== 'tinyint') return undefined;
  if (isBoolean(before) === isBoolean(after)) return undefined;
  const kind = isBoolean(after) ? 'a boolean' : 'a number';
  const text = `Drivers that treat tinyint(1) as a boolean return ${name} as ${kind}.`;
  return finding('column-boolean', { previous: maybe(text) });
}

/** With its character set, if that is all that differs. */
function typeText(column: Column, other: Column): string {
  const { type, charset } = column;
  const bare = type.replace(/(?<=^(?:tiny|small|medium|big)?int)\(\d+\)/, ''); // a display width
  const short = bare.length > 60 ? column.dataType : bare;
  return column.type === other.type && charset !== undefined ? `${short} in ${charset}` : short;
}

function nulls({ name, column, before, after, change, modify }: Changed): Finding | undefined {
  if (before.nullable === after.nullable) return undefined;
  const refused = maybe(`Writes of NULL to ${name} are refused.`);
  if (before.nullable) {
    return finding('null-refused', {
      previous: refused,
      next: maybe(`Queries may return NULL from ${name}, which the new version does not expect.`),
      steps: [
        deploy('write', `never writes NULL to ${name}`),
        sql('fill', fillSql(change, `${column} = …`, `${column} IS NULL`)),
        modify('contract'),
      ],
    });
  }
  const returned = `Queries may return NULL from ${name} once somebody writes it, which the old version does not expect.`;
  const steps = [
    deploy('prepare', `can read NULL from ${name}`),
    modify('expand'),
    deploy('read', `writes NULL to ${name}`),
  ];
  return finding('null-allowed', { previous: maybe(returned), next: refused, steps });
}

function defaults({ name, before, after, modify }: Changed): Finding | undefined {
  const [was, is] = [defaultText(before), defaultText(after)];
  const [needed, needs] = [needsValue(before), needsValue(after)];
  const given = [deploy('write', `gives ${name} a value in every INSERT`), modify('contract')];
  if (needs && !needed) {
    const text = `INSERTs without ${name} fail in strict mode (they wrote ${was} before).`;
    return finding('default-gone', { previous: maybe(text), steps: given });
  }
  if (needed && !needs) {
    const text = `INSERTs without ${name} fail in strict mode: it has no default yet.`;
    const steps = [modify('expand'), deploy('read', `leaves ${name} out of INSERTs`)];
    return finding('default-new', { next: maybe(text), steps });
  }
  // A column that only loses or gets NULLs is a finding already.
  if (was === is || before.default === after.default) return undefined;
  return finding('default-changed', {
    previous: maybe(`INSERTs without ${name} write ${is}, no longer ${was}.`),
    next: maybe(`INSERTs without ${name} write ${was}, not ${is} yet.`),
    steps: given,
  });
}

function updates({ name, before, after }: Changed): Finding | undefined {
  const sets = ({ extra }: Column) => /on update/i.test(extra);
  if (sets(before) === sets(after)) return undefined;
  const effect = (verb: string) => maybe(`An UPDATE of another column ${verb} ${name} to the current time.`);
  const [now, still] = sets(after) ? ['now sets', 'does not set'] : ['no longer sets', 'still sets'];
  return finding('on-update', { previous: effect(now), next: effect(still) });
}

/** Columns that the server computes from now on, or no longer, or by another expression. */
function computed({ name, before, after, change, modify }: Changed): Finding | undefined {
  const refused = no(`INSERT and UPDATE that give ${name} a value are refused: the server computes it.`);
  if (!before.generated && after.generated) {
    const text = `${name} holds what was written there last: the server does not compute it yet.`;
    const steps = [deploy('read', `no longer writes ${name}`), modify('contract')];
    return finding('column-generated', { previous: refused, next: maybe(text), steps });
  }
  if (before.generated && !after.generated) {
    const text = `${name} keeps its present values: the server no longer computes it.`;
    const together = `Make the change and deploy together: in between nobody writes ${name}.`;
    const steps = [say('prepare', together)];
    return finding('column-not-generated', { previous: maybe(text), next: refused, steps });
  }
  const isSame = expressionOf(before, change.before) === expressionOf(after, change.after);
  if (!before.generated || isSame) return undefined;
  const effect = maybe(`The server computes ${name} by another expression.`);
  return finding('column-computed', { previous: effect, next: effect });
}

/** Columns that compare and sort by another collation; their character set is a matter of the type. */
export function collations({ kept }: Change): Finding[] {
  const changed = kept.filter(
    ({ before, after }) => before.collation && after.collation && before.collation !== after.collation,
  );
  const [first] = changed;
  if (first === undefined) return [];
  const names = changed.map(({ after }) => after.name).join(', ');
  const isOne = changed.every(
    ({ before, after }) =>
      before.collation === first.before.collation && after.collation === first.after.collation,
  );
  const effect = ({ collation: by }: Column, { collation: not }: Column) =>
    maybe(
      `${names} compare and sort by ${isOne ? `${by}, not by ${not}` : 'another collation'}: queries may find other rows, in another order; comparisons with columns of the old collation may be refused (error 1267).`,
    );
  return [
    finding('collation-changed', {
      previous: effect(first.after, first.before),
      next: effect(first.before, first.after),
      steps: [say('prepare', `Look at the queries that compare, sort or join ${names}.`)],
    }),
  ];
}

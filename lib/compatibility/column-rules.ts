import { quoteName } from '../sql/names.js';
import type { Part } from '../table/parts.js';
import { type Change, columnSql, fillSql, isRenamed, same } from './change.js';
import { defaultText, needsValue } from './columns.js';
import { deploy, type Finding, own, type Step, say, sql, withoutSteps } from './finding.js';
import { typeChange } from './type-change.js';

/** What else becomes of columns that stay: NULLs, defaults, what the server computes. */
export function columnRules(change: Change): Finding[] {
  return change.kept.flatMap((pair) => ofColumn(pair, change));
}

type Pair = Change['kept'][number];

function ofColumn(pair: Pair, change: Change): Finding[] {
  const modify = own('contract', `MODIFY ${columnSql(pair.after, change.parts.after)}`);
  const generated = computed(pair, change, modify);
  // Nobody writes to a generated column.
  if (pair.before.generated || pair.after.generated) return generated;
  const findings = [...nulls(pair, change, modify), ...defaults(pair, modify), ...updates(pair)];
  const replaced = isRenamed(pair) || typeChange(pair.before, pair.after)?.other;
  return replaced ? withoutSteps(findings) : findings;
}

function nulls({ before, after }: Pair, change: Change, modify: Step): Finding[] {
  if (before.nullable === after.nullable) return [];
  const { name } = after;
  const column = quoteName(name);
  if (before.nullable) {
    return [
      {
        id: 'null-refused',
        previous: { works: 'maybe', text: `Writes of NULL to ${name} are refused.` },
        next: { works: 'maybe', text: `It may read NULL from ${name}, which it does not expect.` },
        steps: [
          deploy('write', `never writes NULL to ${name}`),
          sql('fill', fillSql(change, `${column} = …`, `${column} IS NULL`)),
          modify,
        ],
      },
    ];
  }
  return [
    {
      id: 'null-allowed',
      previous: {
        works: 'maybe',
        text: `It may read NULL from ${name}, which was never there, once somebody writes it.`,
      },
      next: { works: 'maybe', text: `Writes of NULL to ${name} are refused.` },
      steps: [
        deploy('prepare', `can read NULL from ${name}`),
        { ...modify, phase: 'expand' },
        deploy('read', `writes NULL to ${name}`),
      ],
    },
  ];
}

function defaults({ before, after }: Pair, modify: Step): Finding[] {
  const { name } = after;
  const [was, is] = [defaultText(before), defaultText(after)];
  const [needed, needs] = [needsValue(before), needsValue(after)];
  if (needs && !needed) {
    return [
      {
        id: 'default-gone',
        previous: {
          works: 'maybe',
          text: `Its INSERTs that leave ${name} out (${was} before) fail in strict mode.`,
        },
        steps: [deploy('write', `gives ${name} a value in every INSERT`), modify],
      },
    ];
  }
  if (needed && !needs) {
    return [
      {
        id: 'default-new',
        next: {
          works: 'maybe',
          text: `Its INSERTs that leave ${name} out fail in strict mode: it has no default there.`,
        },
        steps: [{ ...modify, phase: 'expand' }, deploy('read', `leaves ${name} out of INSERTs`)],
      },
    ];
  }
  // A column that loses or gets NULLs alone is a finding already.
  if (was === is || before.default === after.default) return [];
  return [
    {
      id: 'default-changed',
      previous: {
        works: 'maybe',
        text: `Its INSERTs that leave ${name} out write ${is} and no longer ${was}.`,
      },
      next: { works: 'maybe', text: `Its INSERTs that leave ${name} out write ${was} and not ${is}.` },
      steps: [deploy('write', `gives ${name} a value in every INSERT`), modify],
    },
  ];
}

function updates({ before, after }: Pair): Finding[] {
  const sets = (extra: string) => /on update/i.test(extra);
  if (sets(before.extra) === sets(after.extra)) return [];
  const [now, not] = sets(after.extra) ? ['sets', 'does not set'] : ['does not set', 'sets'];
  return [
    {
      id: 'on-update',
      previous: { works: 'maybe', text: `An UPDATE of another column ${now} ${after.name} to the time.` },
      next: { works: 'maybe', text: `An UPDATE of another column ${not} ${after.name} to the time.` },
    },
  ];
}

/** Columns that the server computes from now on, or no longer, or in another way. */
function computed({ before, after }: Change['kept'][number], change: Change, modify: Step): Finding[] {
  const { name } = after;
  const refused = `INSERT and UPDATE that give ${name} a value are refused: the server computes it.`;
  if (!before.generated && after.generated) {
    return [
      {
        id: 'column-generated',
        previous: { works: 'no', text: refused },
        next: { works: 'maybe', text: `What it reads from ${name} is what was written there last.` },
        steps: [deploy('read', `no longer writes ${name}`), modify],
      },
    ];
  }
  if (before.generated && !after.generated) {
    return [
      {
        id: 'column-not-generated',
        previous: { works: 'maybe', text: `${name} keeps what it holds: the server no longer computes it.` },
        next: { works: 'no', text: refused },
        steps: [say('prepare', `Make the change and deploy in one go: in between nobody writes ${name}.`)],
      },
    ];
  }
  if (
    !before.generated ||
    expression(before.name, change.parts.before) === expression(name, change.parts.after)
  ) {
    return [];
  }
  const text = `${name} is computed in another way.`;
  return [{ id: 'column-computed', previous: { works: 'maybe', text }, next: { works: 'maybe', text } }];
}

function expression(column: string, parts: readonly Part[]): string | undefined {
  const found = parts.find(({ what, name }) => what === 'column' && same(name, column));
  return found?.what === 'column' ? found.expression : undefined;
}

import t from 'tap';
import type { Ending } from '../../../lib/documents/ending.js';
import type { PlannedAlter } from '../../../lib/documents/plan.js';
import type { Stop } from '../../../lib/engines/gh-ost/context.js';
import {
  decide,
  type MigrationFacts,
  type SaidByGhost,
  type SeenTables,
} from '../../../lib/engines/gh-ost/outcome.js';
import type { TableState } from '../../../lib/verify/definition.js';
import { ghostStatement } from '../../fixtures/plans.js';
import { asItWas } from '../../support/texts.js';

const statement: PlannedAlter = {
  ...ghostStatement,
  promise: { ...ghostStatement.promise, before: 'before', after: 'after' },
};
const rebuild: PlannedAlter = { ...statement, promise: { ...statement.promise, after: 'before' } };
const revert: PlannedAlter = {
  ...statement,
  revertTo: { name: '_orders_20261129000000_del', coordinates: 'uuid:1-5' },
};

const stops = {
  exited: { why: 'exited' },
  aborted: { why: 'aborted' },
  hung: { why: 'hung', text: 'it gave no sign of life' },
  drifted: { why: 'drifted' },
  emptied: { why: 'emptied' },
  unequal: { why: 'unequal', differences: [] },
  'not-compared': { why: 'not-compared', text: 'it took too long' },
  'lock-timeout': { why: 'lock-timeout', closed: { id: 'cut-over-gate', text: 'the command' }, blockers: [] },
  broken: { why: 'broken', error: new Error('the socket was lost') },
} as const satisfies { readonly [Why in Stop['why']]: Extract<Stop, { why: Why }> };

const table = (state: TableState['state']) =>
  ({ seen: true, table: { state, now: 'another' } as TableState }) as const;
const oldTable = '_orders_20261129000000_del';

const seen = {
  'cannot be asked': { seen: false },
  'does not let it look': { seen: false, why: 'Access denied' },
  'as before': table('as-before'),
  'as promised without a cut-over': table('as-promised'),
  'changed by somebody else': table('different'),
  'changed, and nothing was promised': table('changed'),
  gone: table('gone'),
  'cut over': { ...table('as-promised'), oldTable },
  'cut over, nothing promised': { ...table('changed'), oldTable },
  'cut over, as before': { ...table('as-before'), oldTable },
  'cut over, and another': { ...table('different'), oldTable },
  'cut over, and gone': { ...table('gone'), oldTable },
  'cut over after a TRUNCATE': { ...table('as-promised'), oldTable, late: 'emptied' },
  'cut over after an ALTER': { ...table('as-promised'), oldTable, late: 'altered' },
} as const satisfies Record<string, SeenTables>;

const ended: SaidByGhost = { exit: { code: 0 }, hasUnlocked: true };
const died: SaidByGhost = { exit: { signal: 'SIGKILL' }, hasUnlocked: false };

function decided(
  stop: Stop,
  tables: SeenTables,
  {
    ghost = ended,
    attempts = 1,
    left = [],
    of = statement,
  }: Partial<Pick<MigrationFacts, 'ghost' | 'left'> & { attempts: number; of: PlannedAlter }> = {},
): Ending {
  return decide(of, { supervision: { stop, attempts, heldMs: 0 }, ghost, tables, left });
}

const short = ({ outcome, exitCode, reason }: Ending) => `${outcome} ${exitCode}: ${reason.id}`;

/** Whatever alterwise saw or was asked for: a cut-over that the tables show has happened. */
const cutOver = {
  'cut over': 'done 0: done',
  'cut over, nothing promised': 'done 0: done',
  'cut over, as before': 'verification-failed 8: not-as-promised',
  'cut over, and another': 'verification-failed 8: not-as-promised',
  'cut over, and gone': 'verification-failed 8: not-as-promised',
  'cut over after a TRUNCATE': 'verification-failed 8: original-changed',
  'cut over after an ALTER': 'verification-failed 8: original-changed',
} as const;
const unseen = {
  'cannot be asked': 'unknown 9: server-gone',
  'does not let it look': 'unknown 9: server-gone',
} as const;
/** For what was seen before the tables were looked at once more. */
const always = (text: string) => ({
  ...unseen,
  'as before': text,
  'as promised without a cut-over': text,
  'changed by somebody else': text,
  'changed, and nothing was promised': text,
  gone: text,
  ...cutOver,
});
/** A failure of gh-ost is none if somebody else took the table away. */
const failed = {
  ...always('failed 10: drifted'),
  'as before': 'failed 7: gh-ost-failed',
};

const expected: Readonly<Record<Stop['why'], Readonly<Record<keyof typeof seen, string>>>> = {
  exited: failed,
  hung: failed,
  broken: failed,
  aborted: always('aborted 6: aborted'),
  drifted: always('failed 10: drifted'),
  emptied: always('failed 10: drifted'),
  unequal: always('verification-failed 8: copy-differs'),
  'not-compared': always('verification-failed 8: not-compared'),
  'lock-timeout': always('lock-timeout 5: cut-over-gate'),
};

for (const [why, stop] of Object.entries(stops)) {
  t.test(`what becomes of a migration that stopped because: ${why}`, async (t) => {
    for (const [name, tables] of Object.entries(seen)) {
      const wanted = expected[why as Stop['why']][name as keyof typeof seen];
      t.equal(short(decided(stop, tables)), wanted, name);
    }
  });
}

t.test('a gh-ost that was never released cannot have cut over, asked or not', async (t) => {
  for (const [why, stop] of Object.entries(stops)) {
    const wanted = why === 'aborted' ? 'aborted 6: aborted' : 'unknown 9: server-gone';
    t.equal(short(decided(stop, seen['cannot be asked'], { attempts: 0 })), wanted, why);
  }
  const left = ['shop._orders_gho'];
  const aborted = decided(stops.aborted, seen['cannot be asked'], { attempts: 0, left });
  t.match(aborted, { left, state: asItWas, next: /_orders_gho/ });
});

t.test(
  'a gh-ost that died in the cut-over proves nothing, unless it had unlocked the table itself',
  async (t) => {
    const of = (ghost: SaidByGhost) => short(decided(stops.exited, seen['cut over'], { ghost }));
    t.equal(of(died), 'unknown 9: swap-unproved');
    t.equal(of({ hasUnlocked: false }), 'unknown 9: swap-unproved', 'it runs on');
    t.equal(of({ ...died, hasUnlocked: true }), 'done 0: done');
    t.equal(of({ exit: { code: 0 }, hasUnlocked: false }), 'done 0: done');
    t.equal(of({ exit: { code: 1 }, hasUnlocked: false }), 'unknown 9: swap-unproved');
  },
);

t.test('a change that keeps the definition is as before and as promised at once', async (t) => {
  const of = (tables: SeenTables, stop: Stop = stops.exited) => short(decided(stop, tables, { of: rebuild }));
  t.equal(of(seen['cut over, as before']), 'done 0: done');
  t.equal(of(seen['as promised without a cut-over']), 'failed 7: gh-ost-failed');
});

t.test('why gh-ost failed is said in the words closest to the cause', async (t) => {
  const said = (stop: Stop, ghost: SaidByGhost) => decided(stop, seen['as before'], { ghost }).reason.text;
  const fatal = { ...died, fatal: 'Duplicate entry' };
  t.match(said(stops.exited, fatal), /Duplicate entry/);
  t.match(said(stops.exited, died), /ended by SIGKILL/);
  t.match(said(stops.exited, { exit: { code: 3 }, hasUnlocked: false, lastWords: 'FATAL' }), /code 3: FATAL/);
  t.match(said(stops.exited, { hasUnlocked: false }), /exit code unknown/);
  t.match(said(stops.hung, fatal), /no sign of life/);
  t.match(said(stops.broken, fatal), /the socket was lost/);
});

t.test('what is left is listed, with what to do', async (t) => {
  const left = ['shop._orders_gho', 'shop._orders_ghc'];
  for (const stop of [stops.aborted, stops.exited]) {
    const { next, state } = decided(stop, seen['as before'], { left });
    t.match(next, 'Drop shop._orders_gho, shop._orders_ghc');
    t.match(state, 'beside it stands shop._orders_gho');
  }
});

t.test('figures are those of the migration; nothing that is unknown', async (t) => {
  const ghost = { ...ended, heldMs: 5, totalHeldMs: 9 };
  t.match(decided(stops.exited, seen['cut over'], { ghost, attempts: 2 }), {
    attempts: 2,
    writerStallMs: 5,
    totalStallMs: 9,
    oldTable: `shop.${oldTable}`,
  });
  t.match(decided(stops.exited, seen['cut over'], { ghost }), { totalStallMs: undefined });
  t.notOk('writerStallMs' in decided(stops.exited, seen['as before']));
});

t.test('a revert that gh-ost cannot make says that a statement can', async (t) => {
  for (const stop of [stops.exited, stops.unequal, stops['not-compared']]) {
    t.match(decided(stop, seen['as before'], { of: revert }).next, 'alterwise revert with --strategy direct');
    t.notMatch(decided(stop, seen['as before']).next, 'revert');
  }
  t.match(decided(stops.exited, seen['cut over'], { of: revert }), { reason: { id: 'done' } });
});

t.test('rows that a TRUNCATE took away are back, and a revert would not let them go', async (t) => {
  const { next } = decided(stops.exited, seen['cut over after a TRUNCATE']);
  t.match(next, 'by RENAME TABLE');
  t.notMatch(next, 'alterwise revert');
});

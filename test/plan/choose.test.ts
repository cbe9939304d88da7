import t from 'tap';
import { accept } from '../../lib/checks/shared/accept.js';
import type { CostClass } from '../../lib/documents/plan.js';
import type { Obstacle } from '../../lib/engines/engine.js';
import { predictDurations } from '../../lib/forecast/predict.js';
import type { ServerFacts } from '../../lib/inspect/server.js';
import { choose } from '../../lib/plan/choose.js';
import type { ChoiceFacts } from '../../lib/plan/first-choice.js';
import type { Probe } from '../../lib/probe/probe.js';
import { parseDuration } from '../../lib/settings/kinds.js';
import { recordedProbes } from '../fixtures/probes.js';
import { serverKinds } from '../sandbox/index.js';

/** What changes are decided by, beside what the server says of them. */
interface Situation extends Partial<Pick<ChoiceFacts, 'replicas' | 'asserted'>> {
  ghostObstacles?: readonly Obstacle[];
  rows: number | undefined;
  strategy?: 'direct' | 'gh-ost';
  stallBudgetMs?: number;
  directBudgetMs?: number;
}

const missing: Obstacle = {
  id: 'ghost-missing',
  text: 'gh-ost was not found.',
  next: 'Get it.',
  kind: 'environment',
};
const keyed: Obstacle = {
  id: 'ghost-foreign-key',
  text: 'It has foreign keys.',
  kind: 'danger',
};

const small = { rows: 300, replicas: 0 };
const large = { rows: 5_000_000, replicas: 0 };
const situations = {
  small,
  'small, with replicas': { ...small, replicas: 2 },
  'small, without gh-ost': { ...small, ghostObstacles: [missing] },
  large,
  'large, with replicas': { ...large, replicas: 2 },
  'large, replicas not known': { rows: large.rows },
  'large, without gh-ost': { ...large, replicas: 1, ghostObstacles: [missing] },
  'large, with foreign keys': { ...large, replicas: 1, ghostObstacles: [keyed] },
  'large, with foreign keys and without gh-ost': { ...large, replicas: 1, ghostObstacles: [keyed, missing] },
  'large, direct by order': { ...large, replicas: 1, strategy: 'direct' },
  'large, direct by order, hours of stall allowed': {
    ...large,
    strategy: 'direct',
    stallBudgetMs: 7_200_000,
    directBudgetMs: 7_200_000,
  },
  'small, gh-ost by order': { ...small, strategy: 'gh-ost' },
  'small, gh-ost by order, and not there': { ...small, strategy: 'gh-ost', ghostObstacles: [missing] },
  'rows not known': { rows: undefined, replicas: 0 },
  'small, INSTANT wanted': { ...small, asserted: { algorithm: 'INSTANT' } },
  'small, INPLACE and LOCK=NONE wanted': { ...small, asserted: { algorithm: 'INPLACE', lock: 'NONE' } },
  'small, LOCK=SHARED allowed': { ...small, asserted: { lock: 'SHARED' } },
} satisfies Record<string, Situation>;

type Class = Exclude<CostClass, 'unknown'>;
type Expected = Record<Class, string>;

/** The same for all that is no matter of metadata. */
const each = (text: string) => ({ scan: text, rebuild: text, 'online-copy': text, shared: text, copy: text });
const cheap = { instant: 'instant: class-instant', metadata: 'instant: class-metadata' };
const all = (text: string): Expected => ({ instant: text, metadata: text, ...each(text) });

const direct: Expected = {
  ...cheap,
  scan: 'inplace: class-scan, within-budget',
  rebuild: 'inplace: class-rebuild, within-budget',
  'online-copy': 'inplace: class-online-copy, within-budget',
  shared: 'copy: class-shared, within-budget',
  copy: 'copy: class-copy, within-budget',
};
const viaGhost: Expected = {
  ...cheap,
  ...each('gh-ost: over-direct-budget, gh-ost'),
  shared: 'gh-ost: over-stall-budget, gh-ost',
  copy: 'gh-ost: over-stall-budget, gh-ost',
};
const refused = (exitCode: number, ...obstacles: string[]): Expected => ({
  ...cheap,
  ...each(`refuse ${exitCode}: ${obstacles.join(', ')}, over-direct-budget`),
  shared: `refuse ${exitCode}: ${obstacles.join(', ')}, over-stall-budget`,
  copy: `refuse ${exitCode}: ${obstacles.join(', ')}, over-stall-budget`,
});
const byOrder: Expected = {
  ...cheap,
  scan: 'inplace: class-scan, forced, over-direct-budget',
  rebuild: 'inplace: class-rebuild, forced, over-direct-budget',
  'online-copy': 'inplace: class-online-copy, forced, over-direct-budget',
  shared: 'refuse 4: over-stall-budget',
  copy: 'refuse 4: over-stall-budget',
};
const against = 'refuse 2: asserted-clause';

const expected: Record<keyof typeof situations, Expected> = {
  small: direct,
  'small, with replicas': direct,
  'small, without gh-ost': direct,
  large: { ...viaGhost, scan: direct.scan },
  'large, with replicas': viaGhost,
  'large, replicas not known': viaGhost,
  'large, without gh-ost': refused(11, 'ghost-missing'),
  'large, with foreign keys': refused(4, 'ghost-foreign-key'),
  'large, with foreign keys and without gh-ost': refused(4, 'ghost-foreign-key', 'ghost-missing'),
  'large, direct by order': byOrder,
  'large, direct by order, hours of stall allowed': direct,
  'small, gh-ost by order': all('gh-ost: forced, gh-ost'),
  'small, gh-ost by order, and not there': all('refuse 11: ghost-missing, forced'),
  'rows not known': viaGhost,
  'small, INSTANT wanted': { ...all(against), instant: direct.instant },
  'small, INPLACE and LOCK=NONE wanted': {
    ...direct,
    shared: against,
    copy: against,
    'online-copy': against,
  },
  'small, LOCK=SHARED allowed': direct,
};
/** MariaDB writes 5 million rows anew within the minute that a table without replicas may take. */
const expectedOfMariadb: typeof expected = {
  ...expected,
  large: { ...viaGhost, scan: direct.scan, rebuild: direct.rebuild },
};

for (const kind of serverKinds) {
  const isMariadb = kind.startsWith('mariadb');
  const server = { flavor: isMariadb ? 'mariadb' : 'mysql' } as ServerFacts;
  const changes = recordedProbes(kind).probes.map(({ table, alter, probe }) => ({
    name: `${table}: ${alter}`,
    probe,
  }));

  t.test(`${kind}: every change in every situation`, async (t) => {
    for (const [name, situation] of Object.entries(situations)) {
      const wanted = (isMariadb ? expectedOfMariadb : expected)[name as keyof typeof situations];
      const applicable = changes.filter(({ probe }) => probe.kind === 'applies' && takesClause(probe));
      t.ok(applicable.length >= 60, `${applicable.length} changes`);
      const chosen = applicable.map(({ name, probe }) => [name, said(server, probe, situation)]);
      const right = applicable.map(({ name, probe }) => [name, wanted[(probe as { class: Class }).class]]);
      t.same(Object.fromEntries(chosen), Object.fromEntries(right), name);
    }
  });

  t.test(`${kind}: what is settled, or wrong, is so in every situation`, async (t) => {
    for (const { name, probe } of changes.filter(({ probe }) => probe.kind !== 'applies')) {
      const texts = Object.values(situations).map((situation) => said(server, probe, situation));
      t.equal(new Set(texts).size, 1, name);
      const [text = ''] = texts;
      if (probe.kind === 'in-place') t.equal(text, 'nothing: in-place', name);
      else if (probe.kind === 'rejected') t.match(text, /^refuse [24]: (syntax|server-rejects)$/, name);
      else t.match(text, /^refuse 4: (conflict|partly-in-place)$/, name);
    }
  });
}

/** Partitions on MariaDB and MySQL 5.7: nothing can be asserted there. */
function takesClause(probe: Probe): boolean {
  return probe.kind === 'applies' && probe.clause !== undefined;
}

function factsOf(server: ServerFacts, probe: ChoiceFacts['probe'], situation: Situation): ChoiceFacts {
  const { rows, replicas, strategy = 'auto', stallBudgetMs = 1_000, directBudgetMs } = situation;
  const size = rows === undefined ? {} : { dataBytes: rows * 220, indexBytes: rows * 110 };
  const count = rows === undefined ? undefined : { count: rows, exact: false };
  return {
    probe,
    durations: predictDurations(server, size, count),
    ...(replicas !== undefined && { replicas }),
    assessments: new Map([['gh-ost', { obstacles: situation.ghostObstacles ?? [], warnings: [] }]]),
    checks: [],
    asserted: situation.asserted ?? {},
    settings: { strategy, stallBudgetMs, ...(directBudgetMs !== undefined && { directBudgetMs }) },
  };
}

/** `strategy exit-code: reason, reason`. */
function said(server: ServerFacts, probe: ChoiceFacts['probe'], situation: Situation): string {
  const { strategy, reasons, refusal } = choose(factsOf(server, probe, situation));
  const code = refusal === undefined ? '' : ` ${refusal.exitCode}`;
  return `${strategy}${code}: ${reasons.map(({ id }) => id).join(', ')}`;
}

const mysql = { flavor: 'mysql' } as ServerFacts;
const applies = (costClass: Class, clause: string): Probe =>
  ({
    kind: 'applies',
    class: costClass,
    clause,
    tracer: { kind: 'known', renames: [], lost: [], rowsGone: false, unchanged: false },
    refused: [],
  }) as unknown as Probe;

t.test('a clause is promised for what is done directly, and for nothing else', async (t) => {
  const copy = applies('copy', 'ALGORITHM=COPY, LOCK=SHARED');
  t.match(choose(factsOf(mysql, copy, small)), { strategy: 'copy', clause: 'ALGORITHM=COPY, LOCK=SHARED' });
  t.equal(choose(factsOf(mysql, copy, large)).clause, undefined);
});

t.test('the way not taken is told with its reason and what it would cost', async (t) => {
  const copy = applies('copy', 'ALGORITHM=COPY, LOCK=SHARED');
  t.match(choose(factsOf(mysql, copy, large)).rejected, [
    { strategy: 'copy', reason: { id: 'over-stall-budget' }, durationMs: { low: 59_524, high: 238_145 } },
  ]);
  t.match(choose(factsOf(mysql, copy, small)).rejected, [
    { strategy: 'gh-ost', reason: { id: 'direct-is-enough' } },
  ]);
  const { rejected } = choose(factsOf(mysql, copy, { ...large, ghostObstacles: [missing] }));
  t.match(rejected, [
    { strategy: 'copy', reason: { id: 'over-stall-budget' } },
    { strategy: 'gh-ost', reason: { id: 'ghost-missing' }, durationMs: { low: Number, high: Number } },
  ]);
});

t.test('a budget is reached and not passed', async (t) => {
  const copy = applies('copy', 'ALGORITHM=COPY, LOCK=SHARED');
  const facts = factsOf(mysql, copy, small);
  const withStall = (stallBudgetMs: number) => {
    const settings = { ...facts.settings, stallBudgetMs };
    return choose({ ...facts, durations: { copy: { low: 250, high: 1_000 } }, settings }).strategy;
  };
  t.equal(withStall(1_000), 'copy');
  t.equal(withStall(999), 'gh-ost');
});

t.test('a danger is refused before any cost is looked at', async (t) => {
  const facts = factsOf(mysql, applies('instant', 'ALGORITHM=INSTANT'), { ...small, strategy: 'direct' });
  const danger = { id: 'values-lost', level: 'danger', text: 'Every value of b would be lost.' } as const;
  const warning = { id: 'galera', level: 'warning', text: 'This is a Galera cluster.' } as const;
  t.match(choose({ ...facts, checks: [warning, { ...danger, fix: 'Use MODIFY.' }] }), {
    strategy: 'refuse',
    class: 'instant',
    reasons: [{ id: 'values-lost', text: danger.text }],
    refusal: { exitCode: 4, next: 'Use MODIFY.' },
  });
  t.equal(choose({ ...facts, checks: [warning] }).strategy, 'instant');
});

/** `--strategy direct --stall-budget 4m`: the sets of options that a refusal suggests. */
function suggestions(next: string): [option: string, value: string][][] {
  return next
    .split(/ Or(?: accept it)?: /)
    .map((part) =>
      [...part.matchAll(/(?<!without )--(\S+) ([^\s.,]+)/g)].map(
        ([, option = '', value = '']): [string, string] => [option, value],
      ),
    )
    .filter((options) => options.length > 0);
}

const settingOf: Partial<Record<string, keyof ChoiceFacts['settings']>> = {
  strategy: 'strategy',
  'stall-budget': 'stallBudgetMs',
  'direct-budget': 'directBudgetMs',
};

function under(facts: ChoiceFacts, options: readonly [option: string, value: string][]): ChoiceFacts {
  const accepted = options.flatMap(([option, value]) => (option === 'accept' ? [value] : []));
  const others = options.filter(([option]) => option !== 'accept');
  const changed = others.map(([option, value]) => {
    const key = settingOf[option];
    if (key === undefined) throw new Error(`--${option} is suggested, and this test does not know it`);
    return [key, key === 'strategy' ? value : parseDuration(value)] as const;
  });
  const settings = { ...facts.settings, ...Object.fromEntries(changed) };
  return { ...facts, checks: accept(facts.checks, accepted), settings };
}

const lossy = { id: 'values-lost', level: 'danger', text: 'Every value of b would be lost.' } as const;
const risky = { id: 'column-mentioned', level: 'danger', text: 'A trigger names b.' } as const;
const checksOfSituations: Record<string, ChoiceFacts['checks']> = {
  'no danger': [],
  'a danger': [lossy],
  'two dangers': [lossy, risky],
  'a final danger': [lossy, { ...risky, final: true }],
};

t.test('what a refusal suggests is not refused', async (t) => {
  const seen = new Set<string>();
  let refusals = 0;
  for (const kind of serverKinds) {
    const server = { flavor: kind.startsWith('mariadb') ? 'mariadb' : 'mysql' } as ServerFacts;
    const probes: ChoiceFacts['probe'][] = [
      ...recordedProbes(kind).probes.map(({ probe }) => probe),
      { kind: 'off' },
    ];
    for (const [name, situation] of Object.entries(situations)) {
      for (const [what, checks] of Object.entries(checksOfSituations)) {
        for (const probe of probes) {
          const facts = { ...factsOf(server, probe, situation), checks };
          const { refusal } = choose(facts);
          if (refusal === undefined) continue;
          refusals += 1;
          for (const options of suggestions(refusal.next)) {
            seen.add(options.map(([option]) => option).join(' '));
            const again = choose(under(facts, options));
            if (again.refusal !== undefined) t.fail(`${name}, ${what}: ${refusal.next}`, { again });
          }
        }
      }
    }
  }
  t.ok(refusals > 1_000, `${refusals} refusals`);
  t.same([...seen].sort(), [
    'accept',
    'accept accept',
    'accept accept stall-budget',
    'accept accept strategy',
    'accept stall-budget',
    'accept strategy',
    'stall-budget',
    'strategy',
  ]);
});

const nextOf = (facts: ChoiceFacts) => choose(facts).refusal?.next ?? '';

t.test(
  'a blocking copy of a table with foreign keys: a budget that covers the stall, or steps',
  async (t) => {
    const facts = factsOf(
      mysql,
      applies('copy', 'ALGORITHM=COPY, LOCK=SHARED'),
      situations['large, with foreign keys'],
    );
    t.match(
      nextOf(facts),
      /^At a quiet hour, use --stall-budget 4m\. Writers would wait for up to 3m 58s\. .*expand and contract/,
    );
    t.notMatch(nextOf(facts), /--strategy/);
    const unpredicted = { ...facts, durations: {} };
    t.match(nextOf(unpredicted), /^No option makes this change safe here\. .*expand and contract/);
  },
);

t.test('an online change that gh-ost cannot make: directly, at the cost of replica lag', async (t) => {
  const facts = factsOf(
    mysql,
    applies('rebuild', 'ALGORITHM=INPLACE, LOCK=NONE'),
    situations['large, with foreign keys'],
  );
  t.match(nextOf(facts), /^Use --strategy direct\. Replicas would lag by up to /);
  const here = factsOf(
    mysql,
    applies('rebuild', 'ALGORITHM=INPLACE, LOCK=NONE'),
    situations['large, without gh-ost'],
  );
  t.match(nextOf(here), /^Get it\. Or: Use --strategy direct\. /);
});

t.test('a forced direct copy: gh-ost, or the stall', async (t) => {
  const facts = factsOf(
    mysql,
    applies('copy', 'ALGORITHM=COPY, LOCK=SHARED'),
    situations['large, direct by order'],
  );
  t.match(nextOf(facts), /^Use --strategy gh-ost\. Or: At a quiet hour, use --stall-budget 4m\. /);
});

t.test('ALGORITHM and LOCK left out of a statement that is refused without them too', async (t) => {
  const facts = factsOf(
    mysql,
    applies('copy', 'ALGORITHM=COPY, LOCK=SHARED'),
    situations['large, with foreign keys'],
  );
  const asserted = { ...facts, asserted: { algorithm: 'INPLACE' } };
  t.match(choose(asserted), {
    refusal: { exitCode: 2, next: /^Leave ALGORITHM and LOCK out: .* not enough\. .*--stall-budget 4m/ },
  });
});

t.test('half of it in place, or a name taken', async (t) => {
  const state = (name: 'in-place' | 'missing' | 'conflict', clause: string) => ({
    state: name,
    clause,
    text: clause,
  });
  const conflict = (...states: ReturnType<typeof state>[]) =>
    choose(factsOf(mysql, { kind: 'conflict', states } as Probe, small));
  t.match(conflict(state('in-place', 'ADD COLUMN a INT'), state('missing', 'ADD INDEX k (a)')), {
    strategy: 'refuse',
    reasons: [{ id: 'partly-in-place', text: /ADD COLUMN a INT.*ADD INDEX k \(a\)/ }],
    refusal: { exitCode: 4, next: /ADD INDEX k \(a\)$/ },
  });
  t.match(conflict(state('missing', 'ADD COLUMN a INT'), state('conflict', 'k has other columns')), {
    strategy: 'refuse',
    reasons: [{ id: 'conflict', text: /k has other columns/ }],
    refusal: { exitCode: 4 },
  });
});

t.test('not probed: only gh-ost is safe', async (t) => {
  t.equal(said(mysql, { kind: 'off' }, small), 'gh-ost: probe-off, gh-ost');
  t.equal(
    said(mysql, { kind: 'off' }, { ...small, ghostObstacles: [missing] }),
    'refuse 11: ghost-missing, probe-off',
  );
  t.equal(said(mysql, { kind: 'off' }, { ...small, strategy: 'direct' }), 'refuse 2: probe-off');
});

t.test('whose fault a rejection is', async (t) => {
  const rejected = (errno: number) => said(mysql, { kind: 'rejected', errno, message: 'No.' }, small);
  t.equal(rejected(1064), 'refuse 2: syntax');
  t.equal(rejected(1054), 'refuse 2: server-rejects', 'an unknown column');
  for (const errno of [1025, 1217, 1553, 1828, 1832, 1833, 3776, 3780]) {
    t.equal(rejected(errno), 'refuse 4: server-rejects', `${errno}: tied to another table`);
  }
});

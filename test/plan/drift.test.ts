import t from 'tap';
import type { Plan, PlannedAlter } from '../../lib/documents/plan.js';
import { type DriftLimits, driftOf, nextThreshold } from '../../lib/plan/drift.js';
import { ghostStatement, planOf } from '../fixtures/plans.js';

const limits: DriftLimits = {
  planMaxAgeMs: 86_400_000,
  rows: 500_000,
  now: Date.parse('2026-11-22T13:00:00.000Z'),
};
const approved = planOf(ghostStatement);

function now(change: Partial<PlannedAlter>, server: Partial<Plan['server']> = {}): Plan {
  const plan = planOf({ ...ghostStatement, ...change });
  return { ...plan, server: { ...plan.server, ...server } };
}

t.test('the same plan a little later has not drifted', async (t) => {
  t.same(driftOf(approved, approved, limits), []);
  const { estimate } = ghostStatement;
  const slower = { ...estimate, rows: 4_300_000, durationMs: { low: 900_000, high: 2_000_000 } };
  t.same(driftOf(approved, now({ estimate: slower }), limits), [], 'counts and durations are no drift');
});

t.test('each cause is told in words', async (t) => {
  const { promise, checks, estimate } = ghostStatement;
  const causes: Record<string, [Plan, RegExp]> = {
    'the definition': [
      now({ promise: { ...promise, before: promise.before.replace('int NOT NULL', 'bigint NOT NULL') } }),
      /Statement 1 \(shop\.orders\): the definition of the table has changed: - `id` int NOT NULL \+ `id` bigint NOT NULL$/,
    ],
    'the server': [
      now({}, { uuid: 'another', host: 'db2:3306' }),
      /made for the server db1:3306 .* this is db2:3306/,
    ],
    'its version': [now({}, { version: '9.9.9' }), /server was 8\.4\.3, and is 9\.9\.9/],
    'gh-ost': [now({}, { ghOst: { path: '/x', version: '1.1.11' } }), /gh-ost was 1\.1\.10, and is 1\.1\.11/],
    'the statement': [now({ sql: 'ALTER TABLE orders ADD x INT' }), /has another text/],
    'the way': [now({ strategy: 'inplace' }), /gh-ost was planned, and now it would be inplace/],
    'the class': [now({ clause: 'ALGORITHM=COPY' }), /no clause was planned, .* ALGORITHM=COPY/],
    'a new danger': [
      now({ checks: [...checks, { id: 'duplicate-key', level: 'danger', text: 'Two are alike.' }] }),
      /a danger that was not there: duplicate-key: Two are alike\./,
    ],
    'the rows': [
      now({ estimate: { ...estimate, rows: 9_000_000 } }),
      /had 4,213,007 rows, and has 9,000,000/,
    ],
    'the settings': [now({ fingerprint: 'sha256:other' }), /settings that decide/],
  };
  for (const [name, [plan, text]] of Object.entries(causes)) {
    const drift = driftOf(approved, plan, limits);
    t.equal(drift.length, 1, `${name}: ${drift.join(' ')}`);
    t.match(drift[0], text, name);
  }
  t.match(driftOf(approved, approved, { ...limits, now: limits.now + 2 * 86_400_000 }), [
    /2d .* old, more than/,
  ]);
  t.match(driftOf(approved, planOf(), limits), [/had 1 statements, and there are 0/]);
});

t.test('what an earlier run of the plan has done is no drift', async (t) => {
  const done = now({ strategy: 'nothing', promise: { ...ghostStatement.promise, before: 'other' } });
  t.same(driftOf(approved, done, limits), []);
});

t.test('rows may grow up to the next threshold', async (t) => {
  const cases: [rows: number, threshold: number][] = [
    [0, 500_000],
    [400_000, 500_000],
    [499_999, 1_000_000],
    [500_001, 1_000_000],
    [900_000, 2_000_000],
    [4_200_000, 8_000_000],
  ];
  for (const [rows, threshold] of cases) t.equal(nextThreshold(rows, 500_000), threshold, String(rows));
  t.equal(nextThreshold(10, 0), 16, 'a threshold of 0 wants every plan reviewed');
});

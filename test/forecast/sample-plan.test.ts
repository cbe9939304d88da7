import t from 'tap';
import type { ChangeFacts } from '../../lib/checks/shared/facts.js';
import { type ForecastFacts, planSample } from '../../lib/forecast/sample.js';

type Facts = ForecastFacts & ChangeFacts;

const part = (column: string) => ({ column, nullable: false, descending: false });
const primary = { name: 'PRIMARY', unique: true, type: 'BTREE', parts: [part('id')] };
const columns = [
  { name: 'id', type: 'int', dataType: 'int', nullable: false, extra: '', generated: false, comment: '' },
];
const alone = { readOnly: false, galera: false, groupReplication: false };

/** A change that is sampled both ways. */
function facts(changes: {
  table?: object;
  probe?: object;
  settings?: object;
  topology?: object;
  obstacles?: readonly object[];
  isThere?: boolean;
}): Facts {
  const shape = { columns, indexes: [primary], definition: '' };
  return {
    server: { topology: { ...alone, ...changes.topology } },
    table: {
      ...shape,
      engine: 'InnoDB',
      rows: { count: 1_000_000, exact: false },
      size: { dataBytes: 100_000_000, indexBytes: 50_000_000 },
      ...changes.table,
    },
    probe: { kind: 'applies', class: 'rebuild', before: shape, after: shape, ...changes.probe },
    settings: { strategy: 'auto', checks: { forecast: 'sample' }, ghost: {}, ...changes.settings },
    ghost: { obstacles: changes.obstacles ?? [] },
    isThere: changes.isThere ?? true,
    measures: true,
  } as unknown as Facts;
}

t.test('a large table is sampled from many places, in the chunks of gh-ost', async (t) => {
  const whole = { walk: { index: 'PRIMARY', steps: [{ name: 'id' }] }, chunk: 2_000, windows: 50 };
  t.match(planSample(facts({})), { ...whole, ways: { ghost: true, direct: true } });
});

t.test('large chunks and wide rows leave as many places', async (t) => {
  const large = planSample(
    facts({ settings: { strategy: 'auto', checks: { forecast: 'sample' }, ghost: { chunkSize: 50_000 } } }),
  );
  const wide = planSample(facts({ table: { size: { dataBytes: 100_000_000_000 } } }));
  for (const plan of [large, wide]) {
    t.ok((plan?.windows ?? 0) >= 20);
    t.ok((plan?.windows ?? 0) * (plan?.chunk ?? 0) <= 100_000);
  }
  t.ok((wide?.windows ?? 0) * (wide?.chunk ?? 0) * 100_000 <= 128 * 1024 * 1024, 'bytes are limited as well');
});

t.test('a sample is not taken where it would tell nothing, or must not be written', async (t) => {
  const none = {
    'rates are asked for': { settings: { strategy: 'auto', checks: { forecast: 'rates' }, ghost: {} } },
    'a matter of metadata': { probe: { class: 'instant' } },
    'a small table': { table: { rows: { count: 19_000, exact: true } } },
    'rows that are not known': { table: { rows: undefined } },
    'a table that is not there yet, or not as it will be': { isThere: false },
    'a server that takes no writes': { topology: { readOnly: true } },
    'a replica': { topology: { isReplica: true } },
    'a cluster': { topology: { galera: true } },
    'a group': { topology: { groupReplication: true } },
    'another engine': { table: { engine: 'MyISAM' } },
    'no key to walk along': { table: { indexes: [] } },
  };
  for (const [why, changes] of Object.entries(none)) t.equal(planSample(facts(changes)), undefined, why);
});

t.test('only ways that may be taken are sampled', async (t) => {
  const forced = (strategy: string) => ({ strategy, checks: { forecast: 'sample' }, ghost: {} });
  const cases = {
    direct: [{ settings: forced('direct') }, { ghost: false, direct: true }],
    'gh-ost': [{ settings: forced('gh-ost') }, { ghost: true, direct: false }],
    'gh-ost, once it is installed': [{ obstacles: [{ kind: 'environment' }] }, { ghost: true, direct: true }],
    'not gh-ost': [{ obstacles: [{ kind: 'danger' }] }, { ghost: false, direct: true }],
    'not gh-ost, though forced': [
      { settings: forced('gh-ost'), obstacles: [{ kind: 'danger' }] },
      { ghost: false, direct: true },
    ],
  } as const;
  for (const [name, [changes, ways]] of Object.entries(cases)) {
    t.same(planSample(facts(changes))?.ways, ways, name);
  }
});

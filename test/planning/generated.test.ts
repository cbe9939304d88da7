import fc from 'fast-check';
import t from 'tap';
import { installGhost } from '../../lib/ghost/install.js';
import type { Plan } from '../../lib/plan/plan.js';
import { makePlan } from '../../lib/planning/make-plan.js';
import type { Settings } from '../../lib/settings/settings.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { judgeError, judgePlan, type Problem } from '../support/generated/judge-plan.js';
import { liveText } from '../support/generated/live-statements.js';
import { liveTables, makeLiveTables } from '../support/generated/live-tables.js';
import { generatedRuns } from '../support/generated/runs.js';
import { roomsLeft, stateOf } from '../support/generated/state-of.js';
import { tryOnTwin } from '../support/generated/try-on-twin.js';
import { differences, makeTwin, type Twin } from '../support/generated/twin.js';
import { migrationFor } from '../support/migration.js';
import { sessionFor } from '../support/probing.js';
import { settingsFor } from '../support/settings.js';

const { seed, numRuns, all } = generatedRuns(120);
// The whole takes about a second a text, on both servers.
t.setTimeout(all ? numRuns * 2_000 : 240_000);

const asked = fc.record({
  text: liveText,
  strategy: fc.constantFrom('auto', 'auto', 'auto', 'direct', 'gh-ost'),
  forecast: fc.constantFrom('rates', 'rates', 'rates', 'rates', 'sample'),
});

type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

interface World {
  server: TestServer;
  schema: Schema;
  twin: Twin;
  state: string;
  changes: Pick<Settings, 'ghost' | 'stateDir'>;
}

t.test('no generated statement makes plan fail, lie, or touch anything', async (t) => {
  const { path } = await installGhost();
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    t.comment(`${numRuns} texts, ALTERWISE_TEST_SEED=${seed}`);
    const schema = await freshSchema(t, server);
    await makeLiveTables(schema);
    const { ghost } = settingsFor(server);
    const world: World = {
      server,
      schema,
      twin: await makeTwin(await freshSchema(t, server), await sessionFor(t, server)),
      state: await stateOf(schema),
      changes: { ghost: { ...ghost, path }, stateDir: t.testdir() },
    };
    const startedAt = performance.now();
    const found = new Map<string, { times: number; shortest: Asked; detail: string }>();
    for (const [i, each] of fc.sample(asked, { seed, numRuns }).entries()) {
      if (i > 0 && i % 500 === 0) t.comment(`${i} texts`);
      for (const { kind, detail } of await problemsOf(world, each, i % 4 === 0)) {
        const known = found.get(kind);
        if (!found.has(kind)) t.comment(`${kind}: ${JSON.stringify(each)} ${detail.slice(0, 500)}`);
        const isShorter = known === undefined || each.text.length < known.shortest.text.length;
        found.set(kind, {
          times: (known?.times ?? 0) + 1,
          ...(isShorter ? { shortest: each, detail } : { shortest: known.shortest, detail: known.detail }),
        });
      }
    }
    t.comment(`${Math.round((performance.now() - startedAt) / numRuns)} ms a text`);
    t.same([...found], [], 'no problem');
  });
});

async function problemsOf(
  world: World,
  { text, strategy, forecast }: Asked,
  twice: boolean,
): Promise<Problem[]> {
  const { server, schema, changes, state } = world;
  const checks = { ...settingsFor(server).checks, forecast } as Settings['checks'];
  const plan = () =>
    makePlan(
      migrationFor(server, schema, text, { ...changes, checks, strategy: strategy as Settings['strategy'] }),
    );
  const problems: Problem[] = [];
  const startedAt = performance.now();
  let first: Plan | undefined;
  try {
    first = await plan();
    problems.push(...judgePlan(first));
  } catch (error) {
    problems.push(...judgeError(error));
  }
  const took = performance.now() - startedAt;
  if (took > 15_000) problems.push({ kind: 'slow', detail: `${Math.round(took)} ms` });
  const now = await stateOf(schema);
  if (now !== state) {
    world.state = now;
    problems.push({ kind: 'A TABLE WAS CHANGED', detail: differences(state, now) });
  }
  const left = await roomsLeft(
    schema,
    liveTables.map(({ name }) => name),
  );
  if (left.length > 0) problems.push({ kind: 'a room is left', detail: left.join(', ') });
  if (first === undefined) return problems;
  problems.push(...(await tryOnTwin(world.twin, first)));
  if (twice) {
    const second = await plan();
    if (second.id !== first.id) problems.push({ kind: 'another id', detail: `${first.id}, ${second.id}` });
  }
  return problems;
}

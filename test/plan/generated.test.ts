import fc from 'fast-check';
import t, { type Test } from 'tap';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { forEachServer, freshSchema, type TestServer } from '../servers.js';
import { makeLiveTables } from '../support/generated/live-tables.js';
import { type Asked, asked, planLive, type World } from '../support/generated/plan-live.js';
import { generatedRuns } from '../support/generated/runs.js';
import { stateOf } from '../support/generated/state-of.js';
import { makeTwin } from '../support/generated/twin.js';
import { sessionFor } from '../support/probing.js';
import { settingsFor } from '../support/settings.js';

const { seed, numRuns, all } = generatedRuns(120);
// A statement takes some tenths of a second, on each of two servers.
t.setTimeout(all ? numRuns * 3_000 : 240_000);

t.test('no generated statement makes plan fail, lie, or touch anything', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const world = await worldOn(t, server);
    t.comment(`${numRuns} statements, ALTERWISE_TEST_SEED=${seed}`);
    const startedAt = performance.now();
    const found = new Map<string, { times: number; shortest: Asked; detail: string }>();
    let done = 0;
    for (const [i, each] of texts().entries()) {
      for (const { kind, detail } of await planLive(world, each, i % 4 === 0)) {
        const { times = 0, shortest = each } = found.get(kind) ?? {};
        const isShortest = times === 0 || each.text.length < shortest.text.length;
        if (isShortest) t.comment(`${kind}: ${JSON.stringify(each)} ${detail.slice(0, 600)}`);
        found.set(kind, {
          detail,
          ...(isShortest ? {} : found.get(kind)),
          times: times + 1,
          shortest: isShortest ? each : shortest,
        });
      }
      done += each.count;
      if (i % 250 === 249) t.comment(`${done} statements`);
    }
    t.comment(`${Math.round((performance.now() - startedAt) / done)} ms a statement`);
    t.same([...found], [], 'no problem');
  });
});

/** As many as have the statements that were asked for. */
function texts(): Asked[] {
  let statements = 0;
  return fc.sample(asked, { seed, numRuns }).filter(({ count }) => {
    statements += count;
    return statements - count < numRuns;
  });
}

async function worldOn(t: Test, server: TestServer): Promise<World> {
  const { path } = await installGhost();
  const schema = await freshSchema(t, server);
  await makeLiveTables(schema);
  return {
    account: server,
    schema,
    state: await stateOf(schema),
    twin: await makeTwin(await freshSchema(t, server), await sessionFor(t, server)),
    changes: { ghost: { ...settingsFor(server).ghost, path }, stateDir: t.testdir() },
  };
}

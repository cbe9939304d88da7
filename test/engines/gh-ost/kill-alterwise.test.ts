import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { makePlan } from '../../../lib/plan/make-plan.js';
import { Random } from '../../load/random.js';
import { forEachServer } from '../../servers.js';
import { cliEnvironment, startCli } from '../../support/ghost-cli.js';
import {
  agrees,
  ghostsOn,
  privateTemp,
  resultOf,
  type Stage,
  stage,
  usualStall,
} from '../../support/ghost-stage.js';

privateTemp(t);
const seed = Number(process.env.ALTERWISE_TEST_SEED ?? Date.now() % 1_000_000);
/** `npm run faults -- --random 200` has more. */
const randomMoments = 5;
/** After the swap was released nobody can call it back: what comes of it has to be whole all the same. */
const saidBefore = ['Locking `', 'Tables locked', 'Tables unlocked'];

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.comment(`ALTERWISE_TEST_SEED=${seed}`);
  const random = new Random(seed);
  const env = await cliEnvironment(server);
  const lanes = await Promise.all(Array.from({ length: 3 }, () => stage(t, server)));
  const usual = await usualStall(t, server);
  const loads = await Promise.all(lanes.map((on) => on.load({ perSecond: 100, writers: 2 })));
  const orphaned = new Set<Stage>();
  const moments: Moment[] = [
    ...Array.from({ length: randomMoments }, () => ({ afterMs: Math.round(random.next() * 4_000) })),
    ...saidBefore.map((said) => ({ said })),
  ];

  await t.test('alterwise is killed at any moment', async (t) => {
    const work = async (on: Stage) => {
      for (let moment = moments.pop(); moment; moment = moments.pop())
        await killed(t, on, orphaned, env, moment);
    };
    await Promise.all(lanes.map(work));
  });

  const usualMs = await usual();
  for (const [i, on] of lanes.entries()) {
    const result = await resultOf(on.request(`MODIFY amount ${await otherType(on)}`));
    t.match(result, { outcome: 'done', exitCode: 0 }, 'and in the end it can be done');
    const report = await loads[i]?.stop();
    if (report === undefined) throw new Error('no load');
    if (!orphaned.has(on)) t.match(report, { failed: 0 });
    const comparison = await on.compare(report);
    // Nobody was left to tell that gh-ost died in the very instant of its swap.
    if (orphaned.has(on))
      t.comment(`swapped with nobody left: ${JSON.stringify({ ...comparison, samples: [] })}`);
    else t.match(comparison, agrees, 'every row that was written is there once');
    const { longestStallMs = 0 } = report;
    t.ok(longestStallMs < 30_000 + usualMs, `writers stalled for ${Math.round(longestStallMs)} ms at most`);
  }
});

type Moment = { afterMs: number } | { said: string };

async function killed(
  t: Test,
  on: Stage,
  orphaned: Set<Stage>,
  env: NodeJS.ProcessEnv,
  moment: Moment,
): Promise<void> {
  const before = await on.definition();
  const type = await otherType(on);
  const name = `${on.schema.name}.${on.table.name}`;
  const cli = startCli(
    t,
    [
      ...['run', '--table', name, '--alter', `MODIFY amount ${type}`, '--strategy', 'gh-ost', '--verbose'],
      ...['--chunk-size', '100', '--gh-ost-flag=--nice-ratio=1', '--progress', 'ndjson', '--format', 'json'],
    ],
    env,
  );
  await cli.until(({ type }) => type === 'phase');
  await Promise.race([
    'said' in moment
      ? cli.until(({ type, text }) => type === 'gh-ost' && text?.startsWith(moment.said) === true)
      : sleep(moment.afterMs),
    cli.ended,
  ]);
  cli.child.kill('SIGKILL');
  const { code } = await cli.ended;
  const ownMs = await goneAfterMs(on);
  const now = await on.definition();
  if (code === null && now !== before) orphaned.add(on);
  const told = `${JSON.stringify(moment)}: ${code === null ? '' : `had ended with ${code}, `}gh-ost gone after ${ownMs} ms`;
  t.ok(ownMs < 15_000, told);
  t.ok(now === before || now.replace(/`amount` \w+/, '') === before.replace(/`amount` \w+/, ''), told);
  // What a following run would do, it plans first.
  const plan = await makePlan(on.request(`MODIFY amount ${await otherType(on)}`));
  const [planned] = plan.statements;
  const inTheWay = (await on.beside()).filter((each) => /_gh[ock]$/.test(each));
  const goesOn = planned?.checks.some(({ id }) => id === 'earlier-copy') === true;
  t.equal(goesOn, await isMarked(on), `${told}: what is marked as ours is not in the way`);
  if (inTheWay.length === 0 || goesOn) {
    t.match(planned, { strategy: 'gh-ost' }, told);
  } else {
    t.match(planned, { strategy: 'refuse', refusal: { exitCode: 11 } }, told);
    const [reason] = planned?.reasons ?? [];
    t.match(reason, { id: 'ghost-leftovers' });
    const named = reason?.text.match(/[\w.]+_gh[ock]\b/g) ?? [];
    t.same(named.toSorted(), inTheWay, told);
  }
  for (const each of inTheWay) await on.schema.query(`DROP TABLE ${each}`);
  const others = (await on.beside()).filter((each) => !/_\d{14}_del$/.test(each));
  t.same(others, [], `${told}: no clone is left either`);
}

async function isMarked(on: Stage): Promise<boolean> {
  const changelog = `_${on.table.name}_ghc`;
  if (!(await on.beside()).includes(`${on.schema.name}.${changelog}`)) return false;
  const rows = await on.schema.query(`SELECT value FROM \`${changelog}\` WHERE hint='alterwise'`);
  return rows.length > 0;
}

async function otherType(on: Stage): Promise<'int' | 'bigint'> {
  return (await on.definition()).includes('`amount` int') ? 'bigint' : 'int';
}

/** How long after the death of its master the last gh-ost for this table goes. */
async function goneAfterMs(on: Stage): Promise<number> {
  const start = performance.now();
  while (performance.now() - start < 20_000) {
    const ghosts = await ghostsOn(on.schema.name);
    if (!ghosts.some(({ args }) => args.includes(`--table=${on.table.name}`))) break;
    await sleep(50);
  }
  return Math.round(performance.now() - start);
}

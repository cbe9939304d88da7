import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Random } from '../../load/random.js';
import { forEachServer } from '../../servers.js';
import {
  agrees,
  ghostsOn,
  leftOnMachine,
  privateTemp,
  resultOf,
  type Stage,
  stage,
  usualStall,
} from '../../support/ghost-stage.js';
import { asItWas } from '../../support/texts.js';
import { settled, until } from '../../support/until.js';

privateTemp(t);
const seed = Number(process.env.ALTERWISE_TEST_SEED ?? Date.now() % 1_000_000);
/** `npm run faults -- --random 200` has more. */
const randomMoments = 4;
/** Where a death is most dangerous: while the table is locked, and while the swap hangs in the server. */
const saidBefore = [
  'Locking `',
  'Tables locked',
  'Issuing and expecting this to block: rename',
  'Dropping magic cut-over table',
  'Releasing lock from',
  'Tables unlocked',
];

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.comment(`ALTERWISE_TEST_SEED=${seed}`);
  const random = new Random(seed);
  const fractions = Array.from({ length: randomMoments }, () => random.next());
  const lanes = await Promise.all(Array.from({ length: 3 }, () => stage(t, server)));
  const usual = await usualStall(t, server);
  const loads = await Promise.all(lanes.map((on) => on.load({ perSecond: 100, writers: 2 })));
  /** Each in the lane that is free first. */
  const inLanes = async <T>(moments: T[], work: (on: Stage, moment: T) => Promise<unknown>) => {
    const run = async (on: Stage) => {
      for (let next = moments.shift(); next !== undefined; next = moments.shift()) await work(on, next);
    };
    await Promise.all(lanes.map(run));
  };
  const unproved = new Set<Stage>();

  await t.test('gh-ost is killed at a random moment', async (t) => {
    const never = (on: Stage) => killed(t, on, unproved, 'never', () => new Promise(() => {}));
    // As long as it takes with as much beside it as there will be.
    const lasts = Math.min(...(await Promise.all(lanes.map(never))));
    t.comment(`undisturbed it lasts ${Math.round(lasts)} ms`);
    await inLanes(fractions, (on, fraction) => {
      const afterMs = Math.round(fraction * (lasts + 200));
      return killed(t, on, unproved, `after ${afterMs} ms`, () => sleep(afterMs));
    });
  });

  await t.test('gh-ost is killed in its cut-over', async (t) => {
    await inLanes([...saidBefore], (on, text) =>
      killed(t, on, unproved, `at "${text}"`, (said) => said(text)),
    );
  });

  const usualMs = await usual();
  for (const [i, on] of lanes.entries()) {
    t.same(await leftOnMachine(on.schema), [], 'no process, no folder');
    const report = await loads[i]?.stop();
    if (report === undefined) throw new Error('no load');
    if (!unproved.has(on)) t.match(report, { failed: 0 });
    const comparison = await on.compare(report);
    // What dies with gh-ost in that instant cannot be had back; that it can have happened was told.
    if (unproved.has(on)) t.comment(`told to be unproved: ${JSON.stringify({ ...comparison, samples: [] })}`);
    else t.match(comparison, agrees, 'every row that was written is there once');
    const { longestStallMs = 0 } = report;
    t.ok(longestStallMs < 30_000 + usualMs, `writers stalled for ${Math.round(longestStallMs)} ms at most`);
  }
});

/**
 * Runs a change, kills gh-ost at that moment, and sees that what is told is so.
 * @returns how long gh-ost was there
 */
async function killed(
  t: Test,
  on: Stage,
  unproved: Set<Stage>,
  name: string,
  moment: (said: (text: string) => Promise<void>) => Promise<unknown>,
): Promise<number> {
  const before = await on.definition();
  const [from, to] = before.includes('`amount` int') ? ['int', 'bigint'] : ['bigint', 'int'];
  const oldTables = await on.beside();
  const heard: { text: string; tell: () => void }[] = [];
  const said = (text: string) => new Promise<void>((tell) => void heard.push({ text, tell }));
  const request = on.request(`MODIFY amount ${to}`, {
    ghost: { chunkSize: 100, flags: ['--nice-ratio=1'] },
    emit: (event) => {
      if (event.type !== 'gh-ost') return;
      for (const { text, tell } of heard) if (event.text.startsWith(text)) tell();
    },
  });
  const running = resultOf(request);
  const isOver = settled(running);
  const ghost = async () =>
    (await ghostsOn(on.schema.name)).find(({ args }) => args.includes(`--table=${on.table.name}`));
  const found = await until('gh-ost starts', async () => (await ghost()) ?? isOver(), {
    everyMs: 10,
    limitMs: 60_000,
  });
  const pid = found === true ? undefined : found.pid;
  const start = performance.now();
  await Promise.race([moment(said), running]);
  if (pid !== undefined) kill(pid);
  const result = await running;
  const lasted = performance.now() - start;
  const told = `${on.table.name} ${name}: ${result.outcome}, ${result.reason.text}`;
  const now = await on.definition();
  if (result.reason.id === 'swap-unproved') {
    t.match(result, { outcome: 'unknown', exitCode: 9, oldTable: String }, told);
    t.not(
      name,
      'never',
      `${told}: only of a gh-ost that was killed, which may reach it later than what it said`,
    );
    unproved.add(on);
  } else if (result.exitCode === 0) {
    t.equal(now, before.replace(`\`amount\` ${from}`, `\`amount\` ${to}`), told);
    t.same(await on.beside(), [...oldTables, result.oldTable].toSorted(), told);
  } else {
    t.match(result, { outcome: 'failed', exitCode: 7, left: undefined, oldTable: undefined }, told);
    t.match(result.state, asItWas, told);
    t.equal(now, before, told);
    t.same(await on.beside(), oldTables, told);
  }
  return lasted;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // it has ended by itself
  }
}

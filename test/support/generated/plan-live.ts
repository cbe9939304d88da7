import fc from 'fast-check';
import type { Plan } from '../../../lib/documents/plan.js';
import { makePlan } from '../../../lib/plan/make-plan.js';
import type { Settings } from '../../../lib/settings/settings.js';
import type { Schema } from '../../servers.js';
import { migrationFor } from '../migration.js';
import { type Account, settingsFor } from '../settings.js';
import { judgeError, judgePlan, type Problem } from './judge-plan.js';
import { liveText } from './live-statements.js';
import { liveTables } from './live-tables.js';
import { roomsLeft, stateOf } from './state-of.js';
import { tryOnTwin } from './try-on-twin.js';
import { differences, type Twin } from './twin.js';

/** What `plan` is asked for. */
export interface Asked {
  text: string;
  /** How many statements the text has. */
  count: number;
  strategy: Settings['strategy'];
  forecast: Settings['checks']['forecast'];
}

export const asked: fc.Arbitrary<Asked> = fc
  .tuple(
    liveText,
    fc.constantFrom<Settings['strategy'][]>('auto', 'auto', 'auto', 'direct', 'gh-ost'),
    fc.constantFrom<Asked['forecast'][]>('rates', 'rates', 'rates', 'rates', 'sample'),
  )
  .map(([text, strategy, forecast]) => ({ ...text, strategy, forecast }));

export interface World {
  account: Account;
  schema: Schema;
  /** What the schema holds. */
  state: string;
  twin: Twin;
  changes: Pick<Settings, 'ghost' | 'stateDir'>;
}

/** Whoever makes a plan waits for it: no statement may take longer (ms). */
const longest = 15_000;

/**
 * Plans one text on the live tables: what is wrong with the plan, and what the planning did that it must not do.
 * @param again plan it a second time, which must give the same plan
 */
export async function planLive(world: World, each: Asked, again: boolean): Promise<Problem[]> {
  const problems: Problem[] = [];
  const startedAt = performance.now();
  const first = await planOrProblems(world, each, problems);
  const took = performance.now() - startedAt;
  if (took > longest * each.count) problems.push({ kind: 'slow', detail: `${Math.round(took)} ms` });
  problems.push(...(await harm(world)));
  if (first === undefined) return problems;
  problems.push(...judgePlan(first), ...(await tryOnTwin(world.twin, first)));
  const second = again ? await planOrProblems(world, each, problems) : first;
  if (second?.id !== first.id) problems.push({ kind: 'another id', detail: `${first.id}, ${second?.id}` });
  return problems;
}

async function planOrProblems(
  { account, schema, changes }: World,
  { text, strategy, forecast }: Asked,
  problems: Problem[],
): Promise<Plan | undefined> {
  const checks = { ...settingsFor(account).checks, forecast };
  try {
    return await makePlan(migrationFor(account, schema, text, { ...changes, checks, strategy }));
  } catch (error) {
    problems.push(...judgeError(error));
    return undefined;
  }
}

/** What has changed, and what was left. */
async function harm(world: World): Promise<Problem[]> {
  const { schema, state } = world;
  const now = await stateOf(schema);
  world.state = now;
  const names = liveTables.map(({ name }) => name);
  const left = await roomsLeft(schema, names);
  return [
    ...(now === state ? [] : [{ kind: 'A TABLE WAS CHANGED', detail: differences(state, now) }]),
    ...(left.length === 0 ? [] : [{ kind: 'a room is left', detail: left.join(', ') }]),
  ];
}

import type { Test } from 'tap';
import { freshSchema, type TestServer } from '../servers.js';
import { changesMade } from './changes-made.js';
import { mustRun, stateFolder } from './example.js';
import { rowsOf, tablesOf } from './schema-of.js';

export interface ToolExample {
  /** Under `examples/`. */
  folder: string;
  up: readonly string[];
  /** Takes all of it back. Absent: the tool has no way back. */
  down?: readonly string[];
  /** Columns of its bookkeeping that hold the moment of a run. */
  moments?: readonly string[];
  /** What the way up is to change, in order: `table strategy`. */
  ways: readonly string[];
  waysBack?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Switches alterwise on, where the example does not. */
  register?: NodeJS.ProcessEnv;
}

/**
 * Runs an example with its tool's own command line, without alterwise and with it: up, up again, and down. What is
 * in the schema, the bookkeeping included, is the same at every stop, and each change took the way that is expected.
 */
export async function sameAsWithout(t: Test, server: TestServer, example: ToolExample): Promise<void> {
  const { folder, up, down, moments: without = [], env = {}, register = {} } = example;
  const plain = { server, schema: await freshSchema(t, server), env };
  const state = stateFolder(t);
  const tamed = { server, schema: await freshSchema(t, server), env: { ...env, ...register }, state };
  const made = async () =>
    (await changesMade(state)).map(({ table, strategy, outcome }) => ({ table, strategy, outcome }));
  const same = async (when: string) => {
    t.strictSame(await tablesOf(tamed.schema), await tablesOf(plain.schema), `tables ${when}`);
    t.strictSame(
      await rowsOf(tamed.schema, { without }),
      await rowsOf(plain.schema, { without }),
      `rows ${when}`,
    );
  };

  await mustRun(folder, up, plain);
  const { stderr } = await mustRun(folder, up, tamed);
  await same('after the way up');
  t.ok(Object.keys(await tablesOf(tamed.schema)).length > 2, 'there are tables');
  const changes = await made();
  t.strictSame(changes, expected(example.ways), 'changes of the way up');
  t.strictSame(
    endings(stderr),
    changes.map(({ outcome }) => outcome),
    'each change is told on standard error',
  );

  await mustRun(folder, up, tamed);
  t.equal((await made()).length, changes.length, 'a second time changes nothing');
  await same('after the second time');

  if (down === undefined) return;
  await mustRun(folder, down, plain);
  await mustRun(folder, down, tamed);
  await same('after the way down');
  t.strictSame(
    (await made()).slice(changes.length),
    expected(example.waysBack ?? []),
    'changes of the way down',
  );
}

function expected(ways: readonly string[]) {
  return ways.map((way) => {
    const [table = '', strategy = ''] = way.split(' ');
    return { table, strategy, outcome: strategy === 'nothing' ? 'nothing' : 'done' };
  });
}

/** Of the lines of progress, those that tell how a change has ended. */
function endings(stderr: string): string[] {
  return [...stderr.matchAll(/^\S+Z \S+: (done|nothing)\b.*$/gm)].map(([, outcome = '']) => outcome);
}

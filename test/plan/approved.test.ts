import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readPlanFile } from '../../lib/plan/approved.js';
import { planId } from '../../lib/plan/fingerprint.js';
import { ghostStatement, planOf } from '../fixtures/plans.js';

t.test('a file that is only like a plan is refused, and no defect', async (t) => {
  const made = planOf(ghostStatement);
  const plan = { ...made, id: planId(made.server, made.statements) };
  const path = join(t.testdir({}), 'plan.json');
  const read = async (content: unknown) => {
    await writeFile(path, JSON.stringify(content));
    return readPlanFile(path).catch((error: unknown) => error);
  };
  t.match(await read(plan), { id: plan.id });
  const withStatement = (change: object) => ({ ...plan, statements: [{ ...ghostStatement, ...change }] });
  const wrong: Record<string, unknown> = {
    nothing: null,
    'no server': { ...plan, server: null },
    'no estimate': withStatement({ estimate: null }),
    'no promise': withStatement({ promise: null }),
    'an empty promise': withStatement({ promise: {} }),
    'an empty check': withStatement({ checks: [null] }),
    'no statement': { ...plan, statements: [null] },
  };
  for (const [name, content] of Object.entries(wrong)) {
    t.match(await read(content), { id: 'plan-file', exitCode: 2 }, name);
  }
  t.match(
    await read(wrong['an empty promise']),
    { message: /statements\.0\.promise\.before/ },
    'it says which field',
  );
  const { sentence, ...older } = ghostStatement;
  const statements = [{ ...older, kind: 'alter' as const, strategy: 'vitess', more: 1 }];
  const other = { ...made, more: 1, statements } as unknown as typeof made;
  const id = planId(other.server, other.statements);
  t.match(await read({ ...other, id }), { id, more: 1 }, 'a plan of another version is read as it is');
});

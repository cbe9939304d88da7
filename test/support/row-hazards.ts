import type { Test } from 'tap';
import type { Check, PlannedAlter } from '../../lib/documents/plan.js';
import { makePlan } from '../../lib/plan/make-plan.js';
import type { Settings } from '../../lib/settings/settings.js';
import { freshSchema, type Schema, type TestServer } from '../servers.js';
import { plannedAlter } from './planned.js';
import { requestFor } from './request.js';

/** A change of the table `t` that some of its rows do not allow. */
export interface Hazard {
  name: string;
  /** Makes the table and fills it. */
  setUp: readonly string[];
  alter: string;
  /** What the plan says of it. */
  finds: { id: string; count: number; samples: readonly unknown[] };
  /** Another danger that the plan names first. */
  first?: string;
  /** By which error a bare server, in strict mode, refuses it. */
  errno: number | Partial<Record<TestServer['kind'], number>> | 'takes it, and loses the rows';
  /** Takes the offence away. */
  mend: string;
}

/**
 * The plan refuses, with count and samples; the statement of its fix finds the very rows; the bare server refuses as
 * well. Once they are mended, all rows fit, and the bare server makes the change.
 */
export async function showHazard(t: Test, server: TestServer, hazard: Hazard): Promise<void> {
  const { setUp, alter, finds, first = finds.id, errno, mend } = hazard;
  await t.test(hazard.name, async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query("SET SESSION sql_mode='STRICT_ALL_TABLES'");
    for (const sql of setUp) await schema.query(sql);
    const planned = await planOf(server, schema, alter);
    const check = planned.checks.find(({ id }) => id === finds.id);
    t.match(check, { level: 'danger', final: true, ...finds }, JSON.stringify(planned.checks));
    t.equal(planned.strategy, 'refuse');
    t.equal(planned.refusal?.exitCode, 4);
    t.ok(
      planned.reasons.some(({ id }) => id === first),
      'and says why',
    );
    t.equal(await foundBy(schema, check), finds.count, check?.fix ?? 'no fix');
    const refusal = typeof errno === 'object' ? errno[server.kind] : errno;
    if (typeof refusal === 'string') return bareServerLosesRows(t, schema, alter, finds.count);
    const bare = await schema.query(`ALTER TABLE t ${alter}`).catch((error: unknown) => error);
    t.match(bare, { errno: refusal }, 'a bare server refuses');
    await schema.query(mend);
    const mended = await planOf(server, schema, alter);
    t.same(
      mended.checks.filter(({ id, level }) => id === finds.id || level === 'danger'),
      [],
    );
    t.ok(
      mended.checks.some(({ id }) => id === 'rows-fit'),
      'all rows fit',
    );
    await t.resolves(schema.query(`ALTER TABLE t ${alter}`), 'a bare server makes the change');
  });
}

async function bareServerLosesRows(t: Test, schema: Schema, alter: string, lost: number): Promise<void> {
  const rows = () => schema.query('SELECT * FROM t');
  const before = await rows();
  await schema.query(`ALTER TABLE t ${alter}`);
  t.equal((await rows()).length, before.length - lost, 'a bare server loses them');
}

export async function planOf(
  server: TestServer,
  schema: Schema,
  alter: string,
  settings: Partial<Settings> = {},
): Promise<PlannedAlter> {
  return plannedAlter(await makePlan(requestFor(server, `ALTER TABLE ${schema.name}.t ${alter}`, settings)));
}

/** What the statement in a fix finds: rows, or of keys the rows that are too many. */
async function foundBy(schema: Schema, check: Check | undefined): Promise<number> {
  const sql = check?.fix?.split('Find them: ')[1] ?? '';
  const rows = await schema.query<Record<string, unknown>>(sql);
  const counts = rows.map((row) => row['COUNT(*)']);
  return counts.reduce<number>((sum, count) => sum + (count === undefined ? 1 : Number(count) - 1), 0);
}

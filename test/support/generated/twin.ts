import { isServerError } from '../../../lib/mysql/errors.js';
import type { Plan } from '../../../lib/plan/plan.js';
import { alterSql } from '../../../lib/probe/rungs.js';
import { quoteTable } from '../../../lib/sql/quote.js';
import type { Schema } from '../../servers.js';
import type { Problem } from './judge-plan.js';
import { makeLiveTables } from './live-tables.js';
import { stateOf } from './state-of.js';

/** The same tables once more, on which the server itself shows whether a plan is right. */
export interface Twin {
  schema: Schema;
  /** What it holds before anything is done to it. */
  state: string;
}

export async function makeTwin(schema: Schema): Promise<Twin> {
  await schema.query("SET SESSION sql_mode=CONCAT_WS(',', @@sql_mode, 'STRICT_ALL_TABLES')");
  await makeLiveTables(schema);
  return { schema, state: await stateOf(schema) };
}

/** Does on the twin what the plan of one change says: `nothing` must change nothing, and a class must hold. */
export async function tryOnTwin(twin: Twin, { statements }: Plan): Promise<Problem[]> {
  const [planned, ...more] = statements;
  if (planned?.kind !== 'alter' || more.length > 0) return [];
  const isNothing = planned.strategy === 'nothing';
  if (!isNothing && planned.clause === undefined) return [];
  const table = quoteTable({ schema: twin.schema.name, name: planned.table.name });
  const sql = alterSql(table, isNothing ? undefined : planned.clause, planned.spec);
  const refused = await refusalOf(twin.schema, sql);
  if (refused !== undefined) {
    const open = planned.checks.some(({ level }) => level === 'unknown');
    // Of `nothing` it is the rule: what is in place cannot be made again.
    return isNothing || open
      ? []
      : [{ kind: `planned, and refused: ${refused.errno}`, detail: `${sql}: ${refused.message}` }];
  }
  const changed = (await stateOf(twin.schema)) !== twin.state;
  if (changed) await reset(twin);
  return isNothing && changed ? [{ kind: 'false nothing', detail: sql }] : [];
}

async function refusalOf(
  { query }: Schema,
  sql: string,
): Promise<{ errno: number; message: string } | undefined> {
  try {
    await query(sql);
    return undefined;
  } catch (error) {
    if (isServerError(error)) return error;
    throw error;
  }
}

async function reset({ schema }: Twin): Promise<void> {
  const { query, name } = schema;
  await query(`DROP DATABASE ${name}`);
  await query(`CREATE DATABASE ${name}`);
  await query(`USE ${name}`);
  await makeLiveTables(schema);
}

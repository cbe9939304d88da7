import type { Check } from '../../lib/documents/plan.js';
import { makePlan } from '../../lib/plan/make-plan.js';
import type { Settings } from '../../lib/settings/settings.js';
import type { Schema } from '../servers.js';
import { plannedAlter } from './planned.js';
import { requestFor } from './request.js';
import type { Account } from './settings.js';

/** What the plan of `ALTER TABLE name alter` has to say. */
export async function checksOf(
  account: Account,
  schema: Schema,
  alter: string,
  { table = 't', ...changes }: Partial<Settings> & { table?: string } = {},
): Promise<readonly Check[]> {
  const sql = `ALTER TABLE \`${schema.name}\`.\`${table}\` ${alter}`;
  return plannedAlter(await makePlan(requestFor(account, sql, changes))).checks;
}

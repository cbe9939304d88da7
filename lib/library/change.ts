import { exitCodes, Fault } from '../fault.js';
import { planId } from '../plan/fingerprint.js';
import type { Plan } from '../plan/plan.js';
import type { Request } from '../request.js';
import { parseMigration, parseTexts } from '../sql/migration.js';
import type { Statement } from '../sql/statement.js';

/** Statements as text, with all that a migration file may have: one, or several with `;` between them. */
export interface Sql {
  sql: string;
}

/** Statements that were read before, by `parseStatements` or `parseMigration`. */
export interface Statements {
  statements: readonly Statement[];
}

/** A plan that was approved: run is exactly that, if it still holds. */
export interface Approved {
  plan: Plan;
}

/**
 * What the statements are.
 * @throws {Fault} exit code 2 where it is none that can be run, or the plan is not as it was written
 */
export function statementsOf(change: Sql | Statements | Approved): Pick<Request, 'statements' | 'approved'> {
  if ('sql' in change) return { statements: parseMigration(change.sql, 'the SQL') };
  if ('statements' in change) return { statements: change.statements };
  const { plan } = change;
  if (planId(plan.server, plan.statements) !== plan.id) {
    throw new Fault(`The plan was changed after it was made: its id is no longer ${plan.id}.`, {
      id: 'plan-file',
      exitCode: exitCodes.usage,
      next: 'Plan it anew.',
    });
  }
  const texts = plan.statements.map(({ sql }) => sql);
  return { statements: parseTexts(texts, `plan ${plan.id}`), approved: plan };
}

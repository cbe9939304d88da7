import type { PlannedPlain } from '../plan/plan.js';
import type { StatementResult } from '../plan/result.js';
import type { Request } from '../request.js';

export async function executePlain(_statement: PlannedPlain, _request: Request): Promise<StatementResult> {
  throw new Error('not yet');
}

import { readBinlogRetention } from '../inspect/binlog-retention.js';
import { readFreeSpace } from '../inspect/free-space.js';
import { accept } from '../plan/accept.js';
import { binlogRetention } from '../plan/checks/binlog-retention.js';
import type { CostFacts } from '../plan/checks/cost-facts.js';
import { freeDisk } from '../plan/checks/free-disk.js';
import type { Check } from '../plan/plan.js';
import { acceptedIds, type PlanningContext } from './context.js';

/** Whether the server has room and patience for what was chosen: that is known only when the choice is made. */
export async function checkCost(
  facts: CostFacts,
  { session, server, request }: Pick<PlanningContext, 'session' | 'server' | 'request'>,
): Promise<Check[]> {
  const { strategy } = facts.choice;
  if (strategy === 'refuse' || strategy === 'nothing' || strategy === 'instant') return [];
  const free = await readFreeSpace(session, request.settings.connection);
  const retention = strategy === 'gh-ost' ? await readBinlogRetention(session, server) : 'never';
  return accept([...freeDisk(facts, free), ...binlogRetention(facts, retention)], acceptedIds(request));
}

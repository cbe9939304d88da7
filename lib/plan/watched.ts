import type { Check, Reason } from '../documents/plan.js';
import {
  findWatchedReplicas,
  unfitText,
  unreachableText,
  type WatchedReplicas,
} from '../engines/gh-ost/replicas.js';
import type { TableName } from '../sql/names.js';
import { humanMs } from '../text/human.js';
import type { PlanningContext } from './context.js';

/** What a plan by gh-ost says of replicas: whose lag counts, and whose cannot be seen. */
export async function watched(
  table: TableName,
  { request, server }: Pick<PlanningContext, 'request' | 'server'>,
): Promise<{ reasons: Reason[]; checks: Check[] }> {
  const { connection, ghost } = request.settings;
  if (ghost.throttleReplicas !== undefined) {
    return { reasons: reasons(ghost.throttleReplicas, ghost.maxLagMs), checks: [] };
  }
  const found = await findWatchedReplicas(connection, server, table);
  return { reasons: reasons(found.watched, ghost.maxLagMs), checks: checks(found) };
}

function reasons(replicas: readonly string[], maxLagMs: number): Reason[] {
  if (replicas.length === 0) return [];
  const text = `The copy pauses while a replica is more than ${humanMs(maxLagMs)} behind: ${replicas.join(', ')}.`;
  return [{ id: 'replicas-watched', text }];
}

function checks({ unreachable, unfit }: WatchedReplicas): Check[] {
  const fix =
    'Name the replicas as they are reached from here, with --throttle-replica HOST:PORT for each; --throttle-replica none says that none counts.';
  return [
    ...unreachable.map(({ replica, why }): Check => {
      return { id: 'replica-unreachable', level: 'warning', text: unreachableText(replica, why), fix };
    }),
    ...unfit.map(({ replica, why }): Check => {
      return { id: 'replica-not-watched', level: 'warning', text: unfitText(replica, why) };
    }),
  ];
}

import { addressOf } from '../inspect/followers.js';
import type { ServerFacts } from '../inspect/server.js';
import { counted } from '../plan/human.js';
import type { PlannedAlter } from '../plan/plan.js';
import type { ReplicaState, StatementResult } from '../plan/result.js';
import { tableLabel } from '../plan/table-label.js';
import type { Emit } from '../progress/event.js';
import type { Settings } from '../settings/settings.js';
import { verifyReplicas } from './replicas.js';

/** How long a change may need to the replicas, besides the time that they need for a direct ALTER themselves. */
const arriveMs = 30_000;

/**
 * Adds to the result of a change that is done what became of it on the replicas. It is done, whatever they say: what is
 * wrong there is a warning.
 */
export async function withReplicaStates(
  result: StatementResult,
  { table, strategy }: PlannedAlter,
  {
    settings,
    server,
    emit,
    signal,
  }: { settings: Settings; server: ServerFacts; emit: Emit; signal: AbortSignal },
): Promise<StatementResult> {
  const count = server.topology.followers?.length ?? 0;
  if (result.outcome !== 'done' || count === 0) return result;
  const name = tableLabel(table);
  const text = `Comparing ${name} on ${counted(count, 'replica')} with that of the primary`;
  emit({ type: 'phase', phase: 'verify', table: name, text });
  const limitMs = arriveMs + (strategy === 'gh-ost' ? 0 : (result.durationMs ?? 0));
  let replicas: ReplicaState[];
  try {
    replicas = await verifyReplicas(settings.connection, server, table, { limitMs, signal });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const said = `The replicas were not looked at: ${why}`;
    emit({ type: 'warning', id: 'replica-schema', table: name, text: said });
    return result;
  }
  for (const replica of replicas.filter(({ schema }) => schema !== 'same')) {
    emit({ type: 'warning', id: 'replica-schema', table: name, text: warning(replica) });
  }
  return { ...result, replicas };
}

function warning({ schema, detail = '', ...place }: ReplicaState): string {
  const why = detail.replace(/\.$/, '');
  const address = addressOf(place);
  if (schema === 'different') return `The table is another on the replica at ${address}: ${why}.`;
  if (schema === 'behind') return `The change has not arrived on the replica at ${address}: ${why}.`;
  return `The table on the replica at ${address} could not be looked at: ${why}.`;
}

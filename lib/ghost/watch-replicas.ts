import type { PlannedAlter } from '../plan/plan.js';
import { tableLabel } from '../plan/table-label.js';
import type { GhostContext } from './flight.js';
import { findWatchedReplicas } from './watched-replicas.js';

/** The same, so that the copy pauses while replicas lag: those that `--throttle-replica` names, or else all that can be watched. */
export async function watchReplicas<Context extends Pick<GhostContext, 'settings' | 'server' | 'emit'>>(
  { table }: Pick<PlannedAlter, 'table'>,
  context: Context,
): Promise<Context> {
  const { settings, server, emit } = context;
  if (settings.ghost.throttleReplicas !== undefined) return context;
  const { watched, unreachable, unfit } = await findWatchedReplicas(settings.connection, server, table);
  const name = tableLabel(table);
  for (const { replica, why } of unreachable) {
    emit({ type: 'warning', id: 'replica-unreachable', table: name, text: unreachableText(replica, why) });
  }
  for (const { replica, why } of unfit) {
    emit({ type: 'warning', id: 'replica-not-watched', table: name, text: unfitText(replica, why) });
  }
  return { ...context, settings: { ...settings, ghost: { ...settings.ghost, throttleReplicas: watched } } };
}

export function unreachableText(replica: string, why: string): string {
  return `The lag of the replica at ${replica} cannot be watched: ${why.replace(/\.$/, '')}.`;
}

export function unfitText(replica: string, why: string): string {
  return `The lag of the replica at ${replica} is not watched: ${why}.`;
}

import { startReplica } from './start-replica.js';
import type { SandboxOptions, SandboxServer, ServerKind } from './types.js';
import { withServer } from './with-server.js';

export interface Replicated {
  primary: SandboxServer;
  replicas: readonly SandboxServer[];
}

/**
 * Starts a throwaway primary and replicas of it, hands them to `use`, and removes all of them whatever happens.
 * @param each the options of the replicas, one for each
 */
export async function withReplicas<T>(
  kind: ServerKind,
  options: SandboxOptions,
  each: readonly SandboxOptions[],
  use: (servers: Replicated) => Promise<T>,
): Promise<T> {
  return withServer(kind, options, async (primary) => {
    const starting = await Promise.allSettled(each.map((own) => startReplica(kind, primary, own)));
    const replicas = starting.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    try {
      const failed = starting.find((start) => start.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      return await use({ primary, replicas });
    } finally {
      await Promise.all(replicas.map((replica) => replica.stop()));
    }
  });
}

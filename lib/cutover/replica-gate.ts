import { openSession } from '../mysql/session.js';
import { within } from '../mysql/within.js';
import { humanMs } from '../plan/human.js';
import type { TableName } from '../plan/plan.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { quoteTable } from '../sql/quote.js';
import type { Gate } from './gate.js';

const limitMs = 5_000;

/**
 * The replicas whose lag pauses the copy have to be near. While one lags gh-ost applies no changes, which would have to
 * be applied with the tables locked; and while it postpones its swap it does not say that it is paused (gh-ost
 * go/logic/migrator.go, executeWriteFuncs and getMigrationStateAndETA).
 * @param replicas `host:port` each
 * @param limit how far behind they may be now, in ms
 * @param changelog gh-ost's table, with its heartbeats by the clock of this machine
 */
export function replicaGate(
  connection: ConnectionSettings,
  replicas: readonly string[],
  changelog: TableName,
  limit: () => number,
): Gate {
  return async () => {
    const maxLagMs = limit();
    const looks = await Promise.all(
      replicas.map(async (replica) => {
        try {
          const lagMs = await within(
            limitMs,
            readLag(connection, replica, changelog),
            () => new Error('no answer'),
          );
          return lagMs > maxLagMs
            ? `it is ${humanMs(lagMs)} behind (${humanMs(maxLagMs)} may be)`
            : undefined;
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        }
      }),
    );
    const index = looks.findIndex((why) => why !== undefined);
    if (index < 0) return undefined;
    const replica = replicas[index] ?? '';
    return { id: 'cut-over-lag', text: `the replica at ${replica}: ${looks[index]}`, reason: replica };
  };
}

/** As gh-ost reads it. @throws where it cannot be read: gh-ost is paused then as well */
async function readLag(
  connection: ConnectionSettings,
  replica: string,
  changelog: TableName,
): Promise<number> {
  const [, bracketed, bare = '', port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(replica) ?? [];
  const { socketPath: _, ...rest } = connection;
  const session = await openSession({ ...rest, host: bracketed ?? bare, port: Number(port) });
  try {
    const [row] = await session.rows<{ value: string }>(
      `SELECT value FROM ${quoteTable(changelog)} WHERE hint='heartbeat' AND id<=255`,
    );
    if (row === undefined) throw new Error('no heartbeat has arrived yet');
    return Date.now() - Date.parse(row.value);
  } finally {
    await session.close();
  }
}

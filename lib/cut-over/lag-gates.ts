import { openSession } from '../mysql/session.js';
import { parseAddress } from '../settings/address.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { quoteTable, type TableName } from '../sql/names.js';
import { humanCount, humanMs } from '../text/human.js';
import { within } from '../util/within.js';
import type { Gate } from './gate.js';

const limitMs = 5_000;

/**
 * The replicas whose lag pauses the copy have to be near. While one lags gh-ost applies no changes, which would have to
 * be applied with the tables locked; and while it postpones its cut-over it does not say that it is paused (gh-ost
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
          return lagMs > maxLagMs ? `it lags by ${humanMs(lagMs)} (limit ${humanMs(maxLagMs)})` : undefined;
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
  const { socketPath: _, ...rest } = connection;
  const session = await openSession({ ...rest, ...parseAddress(replica) });
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

/** What the engine says of itself; what is unknown is absent. */
interface Following {
  backlog: number;
  heartbeatLagMs?: number;
  throttled?: string;
}

/**
 * The copy has to be close behind the original: what is not applied yet when the tables are locked has to be applied
 * while writers wait.
 * @param status absent where the engine gives no answer
 */
export function lagGate(
  status: () => Promise<Following | undefined>,
  limitsNow: () => { backlog: number; lagMs: number },
): Gate {
  const waits = (text: string, reason: string) => ({ id: 'cut-over-lag', text, reason }) as const;
  return async () => {
    const limits = limitsNow();
    const now = await status();
    if (now === undefined) return waits('an answer of gh-ost', 'silent');
    const { backlog, heartbeatLagMs, throttled } = now;
    if (throttled !== undefined)
      return waits(`the row copy to resume; it is paused: ${throttled}`, throttled);
    if (backlog > limits.backlog) {
      const text = `the shadow table to catch up: backlog ${humanCount(backlog)} (limit ${humanCount(limits.backlog)})`;
      return waits(text, 'backlog');
    }
    if (heartbeatLagMs === undefined || heartbeatLagMs < limits.lagMs) return undefined;
    return waits(
      `the shadow table to catch up: it lags by ${humanMs(heartbeatLagMs)} (limit ${humanMs(limits.lagMs)})`,
      'lag',
    );
  };
}

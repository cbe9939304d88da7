import { withSession } from '../mysql/session.js';
import { parseAddress } from '../settings/address.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { quoteTable, type TableName } from '../sql/names.js';
import { humanCount, humanMs } from '../text/human.js';
import { within } from '../util/within.js';
import type { Closed, Gate } from './gate.js';

const limitMs = 5_000;

function lags(text: string, reason: string): Closed {
  return { id: 'cut-over-lag', text, reason };
}

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
      replicas.map(async (replica): Promise<Closed[]> => {
        const reading = readLag(connection, replica, changelog);
        const why = await within(limitMs, reading, () => new Error('no answer')).then(
          (lagMs) => lagMs > maxLagMs && `it lags by ${humanMs(lagMs)} (limit ${humanMs(maxLagMs)})`,
          // gh-ost is paused then as well.
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
        return why === false ? [] : [lags(`the replica at ${replica}: ${why}`, replica)];
      }),
    );
    return looks.flat()[0];
  };
}

/** As gh-ost reads it. */
async function readLag(
  { socketPath: _, ...connection }: ConnectionSettings,
  replica: string,
  changelog: TableName,
): Promise<number> {
  return withSession({ ...connection, ...parseAddress(replica) }, {}, async (session) => {
    const [row] = await session.rows<{ value: string }>(
      `SELECT value FROM ${quoteTable(changelog)} WHERE hint='heartbeat' AND id<=255`,
    );
    if (row === undefined) throw new Error('no heartbeat has arrived yet');
    return Date.now() - Date.parse(row.value);
  });
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
 * @param status absent if the engine gives no answer
 */
export function lagGate(
  status: () => Promise<Following | undefined>,
  limitsNow: () => { backlog: number; lagMs: number },
): Gate {
  return async () => {
    const limits = limitsNow();
    const now = await status();
    if (now === undefined) return lags('an answer of gh-ost', 'silent');
    const { backlog, heartbeatLagMs: lagMs = Number.NEGATIVE_INFINITY, throttled } = now;
    if (throttled !== undefined) {
      return lags(`the row copy to resume; it is paused: ${throttled}`, throttled);
    }
    const behind = 'the shadow table to catch up:';
    if (backlog > limits.backlog) {
      return lags(
        `${behind} backlog ${humanCount(backlog)} (limit ${humanCount(limits.backlog)})`,
        'backlog',
      );
    }
    if (lagMs < limits.lagMs) return undefined;
    return lags(`${behind} it lags by ${humanMs(lagMs)} (limit ${humanMs(limits.lagMs)})`, 'lag');
  };
}

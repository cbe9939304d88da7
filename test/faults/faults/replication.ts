import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import type { Line } from '../../support/ghost-cli.js';
import type { Fault } from '../fault.js';
import type { Scene } from '../scene.js';

/** For what is expected to be told. */
const toldLimitMs = 60_000;

export const replicationFaults: readonly Fault[] = [
  {
    name: 'replication stopped',
    text: 'STOP REPLICA SQL_THREAD on the replica, and START when it is told that the copy waits for it',
    applies: (moment, engine) => engine === 'gh-ost' && ['copy', 'wait-cut-over'].includes(moment),
    replicated: true,
    inject: async (scene) => {
      await onReplica(scene, 'STOP REPLICA SQL_THREAD');
      try {
        // While the lock of the table is waited for nothing else is looked at.
        await sleep(3_000);
        scene.release();
        await Promise.race([scene.cli.until(isTold), tooLong()]);
      } finally {
        await onReplica(scene, 'START REPLICA SQL_THREAD');
      }
      return undefined;
    },
  },
];

/** While it copies, that it is paused; in front of the swap, what it waits for. */
function isTold({ type, phase, throttled, text }: Line): boolean {
  if (type === 'progress') return /replica-lag/.test(String(throttled ?? ''));
  return type === 'phase' && phase === 'wait-cut-over' && /the replica at /.test(text ?? '');
}

async function onReplica({ server }: Scene, sql: string): Promise<void> {
  if (server.replica === undefined) throw new Error('the server has no replica');
  const { host, port, user, password } = server.replica;
  const connection = await createConnection({ host, port, user, password });
  try {
    await connection.query(sql);
  } finally {
    connection.destroy();
  }
}

async function tooLong(): Promise<never> {
  await sleep(toldLimitMs, undefined, { ref: false });
  throw new Error('it was not told that the copy waits for the replica');
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Schema } from '../servers.js';

export interface Writers {
  /** The longest that a write has taken up to now, those that still wait included. */
  longestMs(): number;
  writes(): number;
  stop(): Promise<void>;
}

/** Two connections that insert into a table without a pause, as an application would. */
export async function startWriters(t: Test, schema: Schema, insert: string): Promise<Writers> {
  let going = true;
  let longest = 0;
  let writes = 0;
  const started = new Map<number, number>();
  const connections = [await schema.connect(), await schema.connect()];
  const loops = connections.map(async (connection, index) => {
    while (going) {
      started.set(index, performance.now());
      await connection.query(insert);
      longest = Math.max(longest, performance.now() - (started.get(index) ?? 0));
      started.delete(index);
      writes++;
      await sleep(10);
    }
  });
  const all = Promise.all(loops);
  all.catch(() => {}); // told by stop
  const stop = async () => {
    going = false;
    await all;
  };
  t.teardown(stop);
  return {
    longestMs: () => Math.max(longest, ...[...started.values()].map((since) => performance.now() - since)),
    writes: () => writes,
    stop,
  };
}

import plain, { type Connection } from 'mysql2/promise';
import tame from '../../lib/adapters/mysql2-promise.js';
import { withServer } from '../sandbox/index.js';
import { figure, median } from './figures.js';
import type { Bench } from './overhead.js';

const statements = 500;
const rounds = 80;

/** What passes: the cost of looking at each statement before it is sent. */
export const adapter: Bench = {
  description: 'statements that pass through alterwise/mysql2, against mysql2 by itself, in one run',
  async run({ signal }) {
    const onProgress = (text: string) => console.error(`# ${text}`);
    await withServer('mysql-9.7', { onProgress, signal }, async ({ host, port, user, password }) => {
      const options = { host, port, user, password };
      const connections = [await plain.createConnection(options), await tame.createConnection(options)];
      try {
        for (const [name, send] of Object.entries(ways)) {
          const [bare = [], ours = []] = await measure(connections, send);
          const ratios = ours.map((ms, i) => ms / (bare[i] ?? ms));
          const more = (median(ratios) - 1) * 100;
          console.log(
            figure(
              name,
              `${perStatement(median(bare))} by itself, ${perStatement(median(ours))} through alterwise`,
            ),
          );
          console.log(
            figure('', `${more.toFixed(1)} % more (goal: under 5 %) ${more < 5 ? 'reached' : 'missed'}`),
          );
        }
      } finally {
        for (const connection of connections) await connection.end();
      }
    });
  },
};

const ways: Record<string, (connection: Connection) => Promise<unknown>> = {
  query: (connection) => connection.query('SELECT 1 AS one, ? AS two', [2]),
  execute: (connection) => connection.execute('SELECT 1 AS one, ? AS two', [2]),
};

/** Milliseconds of each round, of each connection; they take turns, for the machine has other work. */
async function measure(
  connections: readonly Connection[],
  send: (connection: Connection) => Promise<unknown>,
): Promise<number[][]> {
  const took: number[][] = connections.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, connection] of [...connections.entries()].sort(() => (round % 2 === 0 ? 1 : -1))) {
      const start = performance.now();
      for (let i = 0; i < statements; i++) await send(connection);
      // The first is to warm up.
      if (round > 0) took[index]?.push(performance.now() - start);
    }
  }
  return took;
}

function perStatement(ms: number): string {
  return `${((ms * 1000) / statements).toFixed(1)} µs a statement`;
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.js';

const longOnes: Fault['applies'] = (moment) => ['copy', 'cut-over', 'locked', 'apply'].includes(moment);

export const serverFaults: readonly Fault[] = [
  {
    name: 'SIGKILL of the server',
    text: 'it is started again after 2 s',
    applies: () => true,
    inject: async ({ server }) => {
      await server.kill();
      await sleep(2_000);
      await server.start();
      return undefined;
    },
  },
  {
    name: 'server stopped for 5 s',
    text: 'SIGSTOP, SIGCONT',
    applies: () => true,
    inject: ({ server }) => stopped(server, 5_000),
  },
  {
    name: 'server stopped for 60 s',
    text: 'SIGSTOP, SIGCONT',
    applies: longOnes,
    inject: ({ server }) => stopped(server, 60_000),
  },
];

async function stopped(
  server: { signal(name: 'SIGSTOP' | 'SIGCONT'): void },
  ms: number,
): Promise<undefined> {
  server.signal('SIGSTOP');
  try {
    await sleep(ms);
  } finally {
    server.signal('SIGCONT');
  }
  return undefined;
}

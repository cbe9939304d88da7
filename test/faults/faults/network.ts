import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.js';

export const networkFaults: readonly Fault[] = [
  {
    name: 'network cut for 3 s',
    text: 'every connection of alterwise and gh-ost is reset, new ones too',
    applies: () => true,
    inject: async ({ proxy }) => {
      proxy.cut();
      await sleep(3_000);
      proxy.heal();
      return undefined;
    },
  },
  {
    name: 'network delayed by 500 ms for 10 s',
    text: 'each answer of the server',
    applies: () => true,
    inject: async ({ proxy }) => {
      proxy.delay(500);
      await sleep(10_000);
      proxy.heal();
      return undefined;
    },
  },
  {
    name: 'network half-open',
    text: 'nothing arrives any more on the connections that were there, and on new ones not for 10 s',
    applies: () => true,
    inject: async ({ proxy }) => {
      proxy.silence();
      await sleep(10_000);
      proxy.heal();
      return undefined;
    },
  },
];

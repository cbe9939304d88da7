import type { Fault } from '../fault.js';
import { clockFaults } from './clock.js';
import { connectionFaults } from './connections.js';
import { diskFaults } from './disks.js';
import { networkFaults } from './network.js';
import { processFaults } from './processes.js';
import { replicationFaults } from './replication.js';
import { rightsFaults } from './rights.js';
import { serverFaults } from './server.js';
import { tableFaults } from './table.js';

export const noFault: Fault = {
  name: 'none',
  text: 'undisturbed, to compare with',
  applies: (moment) => moment === 'copy' || moment === 'apply',
  inject: async () => undefined,
};

export const allFaults: readonly Fault[] = [
  noFault,
  ...processFaults,
  ...connectionFaults,
  ...serverFaults,
  ...networkFaults,
  ...tableFaults,
  ...rightsFaults,
  ...diskFaults,
  ...replicationFaults,
  ...clockFaults,
];

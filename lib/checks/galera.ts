import type { Hazard } from './shared/hazard.js';

/** A direct ALTER runs on every node of a Galera cluster at the same time, and all of them wait for it (TOI). */
export const galera: Hazard = {
  id: 'galera',
  level: 'warning',
  inStatement({ server }) {
    if (!server.topology.galera) return undefined;
    return {
      text: 'This is a Galera cluster: a direct ALTER stalls every node while it runs.',
      fix: 'Run it at a quiet hour.',
    };
  },
};

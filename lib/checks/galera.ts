import type { Check } from '../documents/plan.js';
import type { CheckFacts } from './check-facts.js';

/** A direct ALTER runs on every node of a Galera cluster at the same time, and all of them wait for it (TOI). */
export function galera({ server }: CheckFacts): Check[] {
  if (!server.topology.galera) return [];
  return [
    {
      id: 'galera',
      level: 'warning',
      text: 'This is a Galera cluster: a direct ALTER stalls every node for as long as it runs.',
      fix: 'Run it at a quiet hour.',
    },
  ];
}

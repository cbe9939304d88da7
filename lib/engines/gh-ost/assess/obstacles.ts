import type { Obstacle } from '../../engine.js';
import type { GhostFacts } from './obstacle.js';
import { nameObstacles, serverObstacles } from './server.js';
import { alterObstacles } from './statement.js';
import { keyObstacles, tableObstacles, typeObstacles } from './table.js';

/** Everything that stands in gh-ost's way: what it refuses, and what it does not look at and should. Pure. */
export function obstacles(facts: GhostFacts): Obstacle[] {
  return [
    ...alterObstacles(facts),
    ...keyObstacles(facts),
    ...typeObstacles(facts),
    ...tableObstacles(facts),
    ...nameObstacles(facts),
    ...serverObstacles(facts),
  ];
}

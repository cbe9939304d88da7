import { alterObstacles } from './obstacles/alter.js';
import { keyObstacles } from './obstacles/key.js';
import { nameObstacles } from './obstacles/names.js';
import type { GhostFacts, Obstacle } from './obstacles/obstacle.js';
import { serverObstacles } from './obstacles/server.js';
import { tableObstacles } from './obstacles/table.js';
import { typeObstacles } from './obstacles/types.js';

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

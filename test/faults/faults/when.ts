import type { Fault } from '../fault.js';

/** While there is a gh-ost. */
export const withGhost: Fault['applies'] = (moment, engine) =>
  engine === 'gh-ost' && ['copy', 'verify', 'wait-cut-over', 'cut-over', 'locked'].includes(moment);

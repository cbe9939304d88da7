import type { ServerKind } from '../sandbox/types.js';
import type { Moment } from './moment.js';
import type { Scene } from './scene.js';

export type Engine = 'gh-ost' | 'direct';

export interface Cell {
  fault: Fault;
  moment: Moment;
  engine: Engine;
  kind: ServerKind;
}

/** Something that goes wrong. */
export interface Fault {
  name: string;
  /** For the page: what is done. */
  text: string;
  /** Whether it makes sense at this moment. */
  applies(moment: Moment, engine: Engine): boolean;
  /**
   * Does it.
   * @returns what ends it, to be called when alterwise has ended; absent where it is over by then
   */
  inject(scene: Scene): Promise<(() => Promise<void>) | undefined>;
  /** Before the run begins. */
  prepare?(scene: Scene): Promise<() => Promise<void>>;
  /** What is not alterwise's doing. */
  destroys?: 'rows' | 'table' | 'definition';
  /** alterwise itself cannot tell what became of it. */
  killsAlterwise?: true;
  /** There is no place for a record: an original is nobody's then, for all that can be proved. */
  keepsNoRecord?: true;
  /** The server's data is to stand on a small disk of its own. */
  smallDisk?: true;
  /** The server is to have a replica. */
  replicated?: true;
  /** The server and alterwise are to have a clock that can be stepped. */
  shiftsClock?: true;
  /** Why it cannot be had on this machine. */
  impossible?(): Promise<string | undefined>;
}

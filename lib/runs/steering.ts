/** How a run is steered while it goes on, from another terminal. One for each run; the conductor owns it. */
export interface Steering {
  /** Somebody has said `alterwise cut-over`; the attempt to swap that follows uses it up. */
  cutOverAsked: boolean;
  /** It has been told to pause, and not to go on. */
  paused: boolean;
  /** What the engine was told to keep to, in place of the settings. */
  values?: EngineValues;
  /** What copies now, where it can be steered. */
  engine?: Engine;
}

/** An engine that can be steered. What it is told is true when the promise is fulfilled. */
export interface Engine {
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** @returns what is now true, by the same names */
  set(values: EngineValues): Promise<EngineValues>;
}

export interface EngineValues {
  chunkSize?: number;
  dmlBatchSize?: number;
  maxLagMs?: number;
  /** Of the copy's own time: 1 sleeps as long as it works. */
  niceRatio?: number;
}

export function newSteering(): Steering {
  return { cutOverAsked: false, paused: false };
}

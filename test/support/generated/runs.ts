/** How often, and from which seed: the same seed gives the same statements. */
export interface Runs {
  numRuns: number;
  seed: number;
  /** Whether the whole was asked for. */
  all: boolean;
}

/**
 * How many statements a test generates. `ALTERWISE_TEST_GENERATED` says another number, `ALTERWISE_TEST_SEED` another
 * seed; what a test says of a failure names both.
 */
export function generatedRuns(usual: number, env: NodeJS.ProcessEnv = process.env): Runs {
  const given = Number(env.ALTERWISE_TEST_GENERATED);
  const seed = Number(env.ALTERWISE_TEST_SEED ?? 20_261_124);
  return given > 0 ? { numRuns: given, seed, all: true } : { numRuns: usual, seed, all: false };
}

/**
 * The engines, in the order in which they are considered, and under which names of a strategy plans and results show
 * their ways. Every list of engines and strategies derives from this one; `engines/list.ts` has the implementations.
 */
export const strategiesOf = {
  direct: ['instant', 'inplace', 'copy'],
  'gh-ost': ['gh-ost'],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>;

export type EngineName = keyof typeof strategiesOf;

export const engineNames = Object.keys(strategiesOf) as readonly EngineName[];

type EngineStrategy = (typeof strategiesOf)[EngineName][number];

/** What is done for a statement: by an engine, or without one. */
export const strategyNames = [
  'nothing',
  ...(Object.values(strategiesOf).flat() as EngineStrategy[]),
  /** A statement of a migration that changes no table's schema, and runs as it stands. */
  'plain',
  'refuse',
] as const;

export type StrategyName = (typeof strategyNames)[number];

import { type EngineName, type StrategyName, strategiesOf } from '../documents/strategies.js';
import { direct } from './direct/engine.js';
import type { Engine } from './engine.js';
import { ghost } from './gh-ost/engine.js';

/** All engines, in the order in which they are considered. */
export const engines: readonly Engine[] = Object.values({
  direct,
  'gh-ost': ghost,
} satisfies Record<EngineName, Engine>);

/** The engine that runs a strategy; undefined for strategies without one. */
export function engineOf(strategy: StrategyName, list: readonly Engine[] = engines): Engine | undefined {
  return list.find(({ name }) => waysOf(name).includes(strategy));
}

/** The strategies of an engine, as plans show them; an engine from elsewhere has one, which is called as it is. */
export function waysOf(name: string): readonly string[] {
  return (strategiesOf as Readonly<Record<string, readonly string[]>>)[name] ?? [name];
}

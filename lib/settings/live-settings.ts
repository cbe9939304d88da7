import { type Fault, wrongUsage } from '../fault.js';
import { didYouMean } from '../text/nearest.js';
import { duration, type Parsed, whole } from './kinds.js';

interface Key {
  field: keyof EngineValues;
  kind: { parse(raw: string): Parsed<number> };
}

/** What `set` takes, in the bounds that gh-ost keeps (it clamps the rest in silence). */
const keys: Readonly<Record<string, Key>> = {
  'chunk-size': { field: 'chunkSize', kind: whole(10, 100_000) },
  'dml-batch-size': { field: 'dmlBatchSize', kind: whole(1, 1_000) },
  'max-lag': { field: 'maxLagMs', kind: duration(100, 3_600_000) },
  'nice-ratio': { field: 'niceRatio', kind: { parse: ratio } },
};

function ratio(raw: string): Parsed<number> {
  const value = /^\d+(\.\d+)?$/.test(raw) ? Number(raw) : Number.NaN;
  return value <= 100 ? { value } : { expected: 'a number from 0 to 100' };
}

/** @throws {Fault} `usage` where a pair is not understood; then none of them is taken */
export function engineValues(pairs: readonly string[]): EngineValues {
  if (pairs.length === 0) throw usage('set: expected KEY=VALUE, got nothing.');
  const values: EngineValues = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    const key = keys[name];
    if (key === undefined) throw usage(`set: ${name} is no key${didYouMean(name, Object.keys(keys))}`);
    if (values[key.field] !== undefined) throw usage(`set: ${name} is given twice.`);
    const read = key.kind.parse(pair.slice(at + 1));
    if ('expected' in read)
      throw usage(`set: ${name}: expected ${read.expected}, got ${pair.slice(at + 1)}.`);
    values[key.field] = read.value;
  }
  return values;
}

function usage(message: string): Fault {
  return wrongUsage(message, `The keys are ${Object.keys(keys).join(', ')}: alterwise set chunk-size=500`);
}

export interface EngineValues {
  chunkSize?: number;
  dmlBatchSize?: number;
  maxLagMs?: number;
  /** Of the copy's own time: 1 sleeps as long as it works. */
  niceRatio?: number;
}

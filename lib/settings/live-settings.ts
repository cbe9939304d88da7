import { type Fault, wrongUsage } from '../fault.js';
import { didYouMean } from '../text/nearest.js';
import type { Kind, Parsed } from './kinds.js';
import { options } from './options.js';

/** What an engine can be told while it copies. */
export interface EngineValues {
  chunkSize?: number;
  dmlBatchSize?: number;
  maxLagMs?: number;
  /** Of the copy's own time: 1 sleeps as long as it works. */
  niceRatio?: number;
}

interface Key {
  name: string;
  field: keyof EngineValues;
  kind: Pick<Kind<number>, 'parse' | 'write'>;
}

const keys: readonly Key[] = [
  { name: 'chunk-size', field: 'chunkSize', kind: options['chunk-size'].kind },
  { name: 'dml-batch-size', field: 'dmlBatchSize', kind: options['dml-batch-size'].kind },
  { name: 'max-lag', field: 'maxLagMs', kind: options['max-lag'].kind },
  { name: 'nice-ratio', field: 'niceRatio', kind: { parse: ratio, write: String } },
];
const names = keys.map(({ name }) => name);

function ratio(raw: unknown): Parsed<number> {
  const value = /^\d+(\.\d+)?$/.test(String(raw)) ? Number(raw) : Number.NaN;
  return value <= 100 ? { value } : { expected: 'a number from 0 to 100' };
}

/** Reads `chunk-size=500`. @throws {Fault} `usage` if a pair is not understood; then none of them is taken */
export function engineValues(pairs: readonly string[]): EngineValues {
  if (pairs.length === 0) throw usage('expected KEY=VALUE, got nothing.');
  const values: EngineValues = {};
  for (const pair of pairs) {
    const [name = '', ...rest] = pair.split('=');
    const raw = rest.join('=');
    const key = keys.find((each) => each.name === name);
    if (key === undefined) throw usage(`${name} is no key${didYouMean(name, names)}`);
    if (values[key.field] !== undefined) throw usage(`${name} is given twice.`);
    const read = key.kind.parse(raw);
    if ('expected' in read) throw usage(`${name}: expected ${read.expected}, got ${raw}.`);
    values[key.field] = read.value;
  }
  return values;
}

/** `chunk-size=500 max-lag=1.5s` */
export function engineValuesText(values: EngineValues): string {
  const written = keys.map(({ name, field, kind }) => {
    const value = values[field];
    return value === undefined ? [] : `${name}=${kind.write(value)}`;
  });
  return written.flat().join(' ');
}

function usage(message: string): Fault {
  return wrongUsage(`set: ${message}`, `The keys are ${names.join(', ')}: alterwise set chunk-size=500`);
}

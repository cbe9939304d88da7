import type { KindOf } from './kind.js';
import { numberOf } from './number.js';
import { type Harm, harmed, type Pair } from './pair.js';

/**
 * Anything to a decimal. What does not fit behind the point is rounded with a note (1265), which a strict direct ALTER
 * lets pass and gh-ost with --panic-on-warnings does not.
 */
export function toDecimal(pair: Pair & { after: KindOf<'decimal'> }): Harm[] | undefined {
  const { before, after } = pair;
  const source = numberOf(pair);
  if (source === undefined) return undefined;
  const { value, scale, low, high } = source;
  const bound = 10n ** BigInt(after.digits - after.scale);
  const rounds = scale === undefined || scale > after.scale;
  const rounded = rounds ? `ROUND(${value},${after.scale})` : value;
  // Rounding up can need one digit more: 99.99 becomes 100.0.
  const mayBeTooGreat = high === undefined || high > bound || (rounds && high === bound);
  const mayBeTooLow = low === undefined || low < -bound || (rounds && low === -bound);
  return [
    ...source.harms,
    ...harmed(
      'value-out-of-range',
      `would not fit into decimal(${after.digits},${after.scale})`,
      mayBeTooGreat && `${rounded} >= ${bound}`,
      !after.unsigned && mayBeTooLow && `${rounded} <= -${bound}`,
      after.unsigned && (low === undefined || low < 0n) && `${value} < 0`,
    ),
    ...harmed(
      'value-rounded',
      `would be rounded to ${after.scale} digits after the point`,
      rounds && differs(before, value, rounded),
    ),
  ];
}

/** A binary fraction is seldom a decimal one: it is rounded only where it would not be the same number read back. */
function differs(before: Pair['before'], value: string, rounded: string): string {
  if (before.family !== 'float') return `${value} <> ${rounded}`;
  return `ABS(${value}-${rounded}) > ABS(${value})*${before.double ? '3e-16' : '6e-8'}`;
}

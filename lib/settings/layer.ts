import type { OptionName } from './options.js';

/** A value as somebody wrote it, not yet validated. */
export interface Given {
  raw: unknown;
  /** The option in the words of its source, for messages: `--port`, `ALTERWISE_PORT`. */
  label: string;
  /** Where it came from, for `--print-settings`. */
  origin: string;
}

/** What one source gives. Sources that come earlier win. */
export type Layer = ReadonlyMap<OptionName, Given>;

/** Notes taken while reading: all faults are reported together, warnings do not stop anything. */
export interface Notes {
  faults: string[];
  warnings: string[];
}

/** The value that wins, and how early its source comes (0 is the earliest). */
export function pick(layers: readonly Layer[], name: OptionName): (Given & { rank: number }) | undefined {
  for (const [rank, layer] of layers.entries()) {
    const given = layer.get(name);
    if (given) return { ...given, rank };
  }
  return undefined;
}

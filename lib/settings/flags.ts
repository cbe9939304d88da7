import { didYouMean } from '../nearest.js';
import type { Given, Layer, Notes } from './layer.js';
import { isOptionName, type OptionName, optionOf } from './options.js';

/** Options with an answer of their own where somebody writes them as flags. */
const notFlags: Readonly<Record<string, string>> = {
  password:
    'a password in the arguments is visible to everyone on the machine; use ALTERWISE_PASSWORD, an option file, or --ask-password',
  p: 'use ALTERWISE_PASSWORD, an option file, or --ask-password',
};

/**
 * Reads the flags of the command line.
 *
 * @param flags - What the parser of arguments found, by name without dashes; repeated flags are arrays.
 * @param accepted - The options that the command has.
 * @param notes - Takes faults (unknown, given twice) and warnings.
 */
export function flagLayer(
  flags: Readonly<Record<string, unknown>>,
  accepted: readonly OptionName[],
  notes: Notes,
): Layer {
  const layer = new Map<OptionName, Given>();
  for (const [name, raw] of Object.entries(flags)) {
    if (raw === undefined) continue;
    const label = name.length === 1 ? `-${name}` : `--${name}`;
    if (!isOptionName(name) || !accepted.includes(name) || optionOf(name).reach === 'no-flag') {
      notes.faults.push(`${label}: ${unknownFlag(name, accepted)}`);
    } else if (Array.isArray(raw) && !optionOf(name).kind.repeatable) {
      notes.faults.push(`${label}: expected once, got ${raw.length} times`);
    } else {
      // A flag is one value, spaces and all; only the environment and files separate values by spaces.
      const value = optionOf(name).kind.repeatable ? [raw].flat() : raw;
      layer.set(name, { raw: value, label, origin: `flag ${label}` });
    }
  }
  if (passwordInside(layer.get('dsn')?.raw)) {
    notes.warnings.push(
      'The password in --dsn is visible to everyone on this machine: put the DSN into ALTERWISE_DSN, or the password into ALTERWISE_PASSWORD.',
    );
  }
  return layer;
}

function unknownFlag(name: string, accepted: readonly OptionName[]): string {
  const flags = accepted.filter((option) => optionOf(option).reach !== 'no-flag');
  const answer = Object.hasOwn(notFlags, name) ? notFlags[name] : undefined;
  return `is not an option here${answer ? `: ${answer}` : didYouMean(name, flags, '--')}`;
}

function passwordInside(dsn: unknown): boolean {
  return /^[a-z0-9]+:\/\/[^/@:]*:[^/]+@/i.test(String(dsn));
}

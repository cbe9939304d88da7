import { maskDsn } from './dsn.js';
import { type Given, type Layer, type Notes, pick } from './layer.js';
import { type Option, type OptionName, optionNames, optionOf, type Values } from './options.js';

/**
 * Takes each option from the source that wins, and validates it.
 *
 * @returns The values, and where each came from.
 */
export function resolveValues(
  layers: readonly Layer[],
  notes: Notes,
): { values: Values; origins: Map<OptionName, string> } {
  const values: Record<string, unknown> = {};
  const origins = new Map<OptionName, string>();
  for (const name of optionNames) {
    const option = optionOf(name);
    const given = pick(layers, name);
    const value = given ? validated(option, given, notes) : defaultOf(option);
    if (value === undefined) continue;
    values[name] = value;
    origins.set(name, given?.origin ?? 'default');
  }
  // Each value was parsed by the kind of its own option, which is what the type says.
  return { values: values as Values, origins };
}

function validated(option: Option<unknown>, given: Given, notes: Notes): unknown {
  const parsed = option.kind.parse(given.raw);
  if ('value' in parsed) return parsed.value;
  notes.faults.push(`${given.label}: expected ${parsed.expected}; got ${shown(option, given.raw)}`);
  return undefined;
}

function shown(option: Option<unknown>, raw: unknown): string {
  if (raw === '' || raw === undefined) return 'nothing';
  if (!option.kind.secret) return JSON.stringify(raw);
  return typeof raw === 'string' ? JSON.stringify(maskDsn(raw) === raw ? '***' : maskDsn(raw)) : typeof raw;
}

function defaultOf(option: Option<unknown>): unknown {
  return typeof option.default === 'function' ? option.default() : option.default;
}

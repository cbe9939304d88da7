import { resolve } from 'node:path';
import { Secret } from './secret.js';

/** A value that fits, or what was expected instead. */
export type Parsed<T> = { value: T } | { expected: string };

/** What may be written, for help and for the schema of config files. */
export type Shape =
  | { type: 'switch' }
  | { type: 'text'; pattern: RegExp }
  | { type: 'whole'; min: number; max: number }
  | { type: 'choice'; choices: readonly string[] }
  | { type: 'list'; item: Shape };

/** What an option holds: how it is written, read and shown. */
export interface Kind<T> {
  /** Stands for the value in help; empty for a switch. */
  placeholder: string;
  shape: Shape;
  secret?: true;
  /** Takes text (flags, environment, option files) as well as the value itself (config files). */
  parse(raw: unknown): Parsed<T>;
  /** The value as one would write it. */
  write(value: T): string;
  /** As it stands in `Settings`, if that is not as it was written: a path is absolute there. */
  settle?(value: T, cwd: string): T;
}

export function text(placeholder: string, expected: string, pattern = /\S/): Kind<string> {
  return textKind(placeholder, pattern, expected, (raw) => (pattern.test(raw) ? raw : undefined));
}

/** The path of a file. */
export const file: Kind<string> = {
  ...text('FILE', 'the path of a file'),
  settle: (path, cwd) => resolve(cwd, path),
};

/** A program: its path, or a bare name that is looked for on PATH. */
export const program: Kind<string> = {
  ...file,
  settle: (path, cwd) => (path.includes('/') ? resolve(cwd, path) : path),
};

export function whole(min: number, max: number): Kind<number> {
  const read = (raw: string) => {
    const value = /^\d+$/.test(raw.trim()) ? Number(raw) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  };
  return kind('N', { type: 'whole', min, max }, `a whole number from ${min} to ${max}`, read);
}

const durationPattern = /^\s*(\d+(?:\.\d+)?)(ms|s|m|h)\s*$|^\s*0\s*$/;

/** Milliseconds, written with a unit. */
export function duration(minMs: number, maxMs: number): Kind<number> {
  const range = `from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  const read = (raw: string) => {
    const ms = parseDuration(raw);
    return ms !== undefined && ms >= minMs && ms <= maxMs ? ms : undefined;
  };
  const expected = `a duration such as 500ms, 30s, 10m or 2h, ${range}`;
  return { ...textKind('D', durationPattern, expected, read), write: formatDuration };
}

/** One of some words; case and `_` for `-` do not matter, because MySQL writes VERIFY_CA. */
export function choice<const T extends string>(...choices: readonly T[]): Kind<T> {
  const find = (raw: string) => choices.find((word) => word === raw.toLowerCase().replaceAll('_', '-'));
  return kind(choices.join('|'), { type: 'choice', choices }, `one of ${choices.join(', ')}`, find);
}

const switchWords = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

export const onOff: Kind<boolean> = {
  placeholder: '',
  shape: { type: 'switch' },
  parse(raw) {
    const value = switchWords.get(String(raw).toLowerCase());
    return value === undefined ? { expected: 'true or false' } : { value };
  },
  write: String,
};

export const secret: Kind<Secret> = {
  ...textKind('SECRET', /^/, 'a text', (raw) => new Secret(raw)),
  secret: true,
};

/** Several values: the option repeated, an array in a config file, or separated by spaces in one text. */
export function list<T>(item: Kind<T>): Kind<readonly T[]> {
  return {
    placeholder: item.placeholder,
    shape: { type: 'list', item: item.shape },
    parse(raw) {
      const raws: unknown[] = Array.isArray(raw) ? raw : String(raw).trim().split(/\s+/);
      const values: T[] = [];
      for (const one of raws) {
        const parsed = item.parse(one);
        if ('expected' in parsed) return raws.length > 1 ? { expected: `${parsed.expected} each` } : parsed;
        values.push(parsed.value);
      }
      return { value: values };
    },
    write: (values) => values.map((value) => item.write(value)).join(' '),
  };
}

export function textKind<T>(
  placeholder: string,
  pattern: RegExp,
  expected: string,
  read: (raw: string) => T | undefined,
): Kind<T> {
  return kind(placeholder, { type: 'text', pattern }, expected, read);
}

function kind<T>(
  placeholder: string,
  shape: Shape,
  expected: string,
  read: (raw: string) => T | undefined,
): Kind<T> {
  return {
    placeholder,
    shape,
    parse(raw) {
      const isWritten = typeof raw === 'string' || typeof raw === 'number';
      const value = isWritten ? read(String(raw)) : undefined;
      return value === undefined ? { expected } : { value };
    },
    write: String,
  };
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of `500ms`, `1.5s`, `10m`, `2h` or a plain 0; undefined if the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text);
  if (!match) return undefined;
  const [, amount = '0', unit = 'ms'] = match;
  const ms = Number(amount) * unitMs[unit as keyof typeof unitMs];
  return Number.isInteger(ms) ? ms : undefined;
}

/** The shortest way to write so many milliseconds: 90000 is `90s`, 120000 is `2m`. */
export function formatDuration(ms: number): string {
  for (const unit of ['h', 'm', 's'] as const) {
    if (ms >= unitMs[unit] && ms % unitMs[unit] === 0) return `${ms / unitMs[unit]}${unit}`;
  }
  return ms >= 1000 && ms % 100 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

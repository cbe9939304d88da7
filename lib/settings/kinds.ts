import { Secret } from './secret.js';

/** A value that fits, or what was expected instead. */
export type Parsed<T> = { value: T } | { expected: string };

/** What an option holds: how it is written, read and shown. */
export interface Kind<T> {
  /** Stands for the value in help; empty for a switch. */
  placeholder: string;
  repeatable: boolean;
  secret: boolean;
  choices?: readonly string[];
  /** Takes text (flags, environment, option files) as well as the value itself (config files). */
  parse(raw: unknown): Parsed<T>;
  /** The value as one would write it. */
  write(value: T): string;
}

export function text(placeholder: string, expected: string, pattern = /\S/): Kind<string> {
  return single(placeholder, expected, (raw) => (pattern.test(raw) ? raw : undefined));
}

export function whole(min: number, max: number): Kind<number> {
  return single('N', `a whole number from ${min} to ${max}`, (raw) => {
    const value = /^\d+$/.test(raw.trim()) ? Number(raw) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

/** Milliseconds, written with a unit. */
export function duration(minMs: number, maxMs: number): Kind<number> {
  const expected = `${durationExample}, from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  const read = (raw: string) => {
    const ms = parseDuration(raw);
    return ms !== undefined && ms >= minMs && ms <= maxMs ? ms : undefined;
  };
  return { ...single('D', expected, read), write: formatDuration };
}

/** One of some words; case and `_` for `-` do not matter, because MySQL writes VERIFY_CA. */
export function choice<const T extends string>(...choices: readonly T[]): Kind<T> {
  const find = (raw: string) => choices.find((word) => word === raw.toLowerCase().replaceAll('_', '-'));
  return { ...single(choices.join('|'), `one of ${choices.join(', ')}`, find), choices };
}

export const onOff: Kind<boolean> = {
  placeholder: '',
  repeatable: false,
  secret: false,
  parse(raw) {
    const word = String(raw).toLowerCase();
    if (['true', '1', 'yes', 'on'].includes(word)) return { value: true };
    if (['false', '0', 'no', 'off'].includes(word)) return { value: false };
    return { expected: 'true or false' };
  },
  write: String,
};

export const secret: Kind<Secret> = {
  ...single('SECRET', 'a text', (raw) => new Secret(raw)),
  secret: true,
};

/** Several values: the option repeated, an array in a config file, or separated by spaces in one text. */
export function list<T>(item: Kind<T>): Kind<readonly T[]> {
  return {
    ...item,
    repeatable: true,
    parse: (raw) => parseEach(item, raw),
    write: (values) => values.map((value) => item.write(value)).join(' '),
  };
}

function parseEach<T>(item: Kind<T>, raw: unknown): Parsed<readonly T[]> {
  const raws = Array.isArray(raw) ? raw : String(raw).trim().split(/\s+/);
  const values: T[] = [];
  for (const one of raws) {
    const parsed = item.parse(one);
    if ('expected' in parsed) return raws.length > 1 ? { expected: `${parsed.expected} each` } : parsed;
    values.push(parsed.value);
  }
  return { value: values };
}

function single<T>(placeholder: string, expected: string, read: (raw: string) => T | undefined): Kind<T> {
  return {
    placeholder,
    repeatable: false,
    secret: false,
    parse(raw) {
      const written = typeof raw === 'string' || typeof raw === 'number';
      const value = written ? read(String(raw)) : undefined;
      return value === undefined ? { expected } : { value };
    },
    write: String,
  };
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** What a duration looks like, for messages. */
const durationExample = 'a duration such as 500ms, 30s, 10m or 2h';

/** Milliseconds of `500ms`, `1.5s`, `10m`, `2h` or a plain 0; undefined where the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (text.trim() === '0') return 0;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim());
  if (!match) return undefined;
  const ms = Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
  return Number.isInteger(ms) ? ms : undefined;
}

/** The shortest way to write so many milliseconds: 90000 is `90s`, 120000 is `2m`. */
export function formatDuration(ms: number): string {
  for (const unit of ['h', 'm', 's'] as const) {
    if (ms >= unitMs[unit] && ms % unitMs[unit] === 0) return `${ms / unitMs[unit]}${unit}`;
  }
  return ms >= 1000 && ms % 100 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

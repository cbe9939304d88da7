import { inspect } from 'node:util';

/** A value that prints as `***` wherever it is shown: in templates, in JSON, in `console.log`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself, for the one place that hands it to a server or a child's environment. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return '***';
  }
}

/** A DSN with its password hidden, also where it cannot be parsed. */
export function maskDsn(dsn: string): string {
  return dsn.replace(/^([^:]+:\/\/[^/@:]*):.*@/s, '$1:***@');
}

import type { Column } from '../../inspect/shape.js';

/**
 * An INSERT that leaves the column out fails in strict mode (error 1364). An ENUM takes its first member then (MySQL
 * manual 13.6, "Data Type Default Values").
 */
export function needsValue({ nullable, default: value, extra, generated, dataType }: Column): boolean {
  if (nullable || value !== undefined || generated || dataType === 'enum') return false;
  return !/auto_increment|DEFAULT_GENERATED/i.test(extra);
}

export function isInvisible({ extra }: Column): boolean {
  return /\bINVISIBLE\b/i.test(extra);
}

/** What an INSERT that leaves it out writes, as people say it. */
export function defaultText({ nullable, default: value, extra, dataType }: Column): string {
  if (/auto_increment/i.test(extra)) return 'the next number';
  if (value !== undefined && value.toUpperCase() !== 'NULL') return `${value === '' ? "''" : value}`;
  if (nullable) return 'NULL';
  return dataType === 'enum' ? 'its first member' : 'no default';
}

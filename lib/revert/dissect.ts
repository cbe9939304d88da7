import { linesOf, partOf } from '../probe/definition-lines.js';
import { type ColumnText, readColumn } from './column-text.js';
import { type OptionsText, readOptions } from './options-text.js';

/** A key or a constraint. */
export interface PartText {
  /** Empty of a primary key. */
  name: string;
  /** The line of SHOW CREATE TABLE, as it follows ADD. */
  sql: string;
  /** The same without its name. */
  body: string;
}

/** What SHOW CREATE TABLE says, taken apart. Its order is kept. */
export interface Dissected {
  columns: readonly ColumnText[];
  keys: readonly PartText[];
  foreignKeys: readonly PartText[];
  checks: readonly PartText[];
  /** PERIOD FOR … of MariaDB. */
  periods: readonly string[];
  options: OptionsText;
  /** From `PARTITION BY` on, or empty. */
  partitions: string;
}

/**
 * Undefined of what is no table. Servers write a line feed within a string as `\n`, so that each line is one part, and
 * the first that begins with a parenthesis ends them (measured on MySQL 5.7 and 9.7, MariaDB 10.11 and 11.4).
 */
export function dissect(definition: string): Dissected | undefined {
  const [, body, tail, partitions] =
    /^CREATE TABLE [^\n]*\(\n([\s\S]*?)\n\)([^\n]*)\n?([\s\S]*)$/.exec(definition) ?? [];
  if (body === undefined || tail === undefined || partitions === undefined) return undefined;
  const options = readOptions(tail);
  const lines = linesOf(body);
  const parts = lines.flatMap((line) => {
    const part = isPeriod(line) ? undefined : partOf(line);
    return part ? [{ what: part.what, name: part.name, sql: line.trim(), body: part.body.trim() }] : [];
  });
  const constraints = parts.filter(({ what }) => what === 'constraint');
  return {
    columns: parts
      .filter(({ what }) => what === 'column')
      .map(({ name, sql }) => readColumn(name, sql, options.charset)),
    keys: parts.filter(({ what }) => what === 'key' || what === 'primary-key'),
    foreignKeys: constraints.filter(isForeignKey),
    checks: constraints.filter((part) => !isForeignKey(part)),
    periods: lines.filter(isPeriod),
    options,
    partitions: partitions.trim(),
  };
}

function isPeriod(line: string): boolean {
  return line.startsWith('  PERIOD FOR ');
}

function isForeignKey({ body }: PartText): boolean {
  return body.startsWith('CONSTRAINT  FOREIGN KEY ');
}

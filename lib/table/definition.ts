import { lex, type Token } from '../sql/lexer.js';
import { closing, findWords, namesIn } from '../sql/tokens.js';
import { readOptions, type TableOptions } from './options.js';
import { type Partitioning, readPartitioning } from './partitioning.js';
import { type Part, type Parts, readPart } from './parts.js';

/** A table as SHOW CREATE TABLE describes it, taken apart. `writeTable` gives the same text back. */
export interface TableDefinition {
  /** ``CREATE TABLE `t` ``, up to the parenthesis. */
  head: string;
  name: string;
  /** Columns, keys, constraints and periods, in the server's order. */
  parts: readonly Part[];
  options: TableOptions;
  partitioning?: Partitioning;
  /** False in the definitions that plans and records keep: their lines do not end in commas. */
  hasCommas: boolean;
}

/**
 * Reads SHOW CREATE TABLE, with or without the commas at the ends of its lines. Servers write each part on its own line.
 * @returns undefined if it is not a table
 */
export function readTable(text: string): TableDefinition | undefined {
  if (!/^CREATE (?:TEMPORARY )?TABLE /.test(text)) return undefined;
  const definition = withEscapedNames(text);
  const tokens = lex(definition);
  const open = tokens.findIndex(({ text }) => text === '(');
  if (open === -1) return undefined;
  const head = definition.slice(0, tokens[open]?.start);
  const close = closing(tokens, open);
  const lines = linesOf(tokens.slice(open + 1, close), definition);
  const end = tokens[close]?.end ?? definition.length;
  const partitions = partitioningStart(tokens, close, definition);
  const options = readOptions(definition.slice(end, partitions));
  const partitioning = readPartitioning(definition.slice(partitions));
  return {
    head,
    name: namesIn(head).at(-1) ?? '',
    parts: lines.map(({ sql }) => readPart(sql, options.charset)),
    options,
    ...(partitioning && { partitioning }),
    hasCommas: lines.length < 2 || lines.some(({ comma }) => comma),
  };
}

/** MariaDB does not double the backticks in the names of foreign keys and of their columns (measured on 10.11 and 11.4). */
function withEscapedNames(text: string): string {
  const doubled = (names: string) =>
    names
      .split('`, `')
      .map((name) => name.replaceAll(/``?/g, '``'))
      .join('`, `');
  return text.replace(
    /^( {2}CONSTRAINT `)(.+)(` FOREIGN KEY \(`)(.+)(`\) REFERENCES .+ \(`)(.+)(`\).*)$/gm,
    (_, start, name, own, columns, theirs, parents, end) =>
      [start, doubled(name), own, doubled(columns), theirs, doubled(parents), end].join(''),
  );
}

/** The parts; each ends at a comma or at the end of its line. A line feed in a name or in parentheses ends none. */
function linesOf(tokens: readonly Token[], definition: string): { sql: string; comma: boolean }[] {
  const lines: { start: number; end: number; comma: boolean }[] = [];
  let depth = 0;
  for (const { text, start, end } of tokens) {
    const line = lines.at(-1);
    if (text === ',' && depth === 0) {
      if (line) line.comma = true;
    } else if (line && (depth > 0 || !(line.comma || definition.slice(line.end, start).includes('\n')))) {
      line.end = end;
    } else {
      lines.push({ start, end, comma: false });
    }
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
  }
  return lines.map(({ start, end, comma }) => {
    // MySQL writes a space after WITH PARSER.
    const spaces = /^ */.exec(definition.slice(end))?.[0] ?? '';
    return { sql: definition.slice(start, end) + spaces, comma };
  });
}

/** The offset of what follows the options: the line feed in front of PARTITION BY, or the end of the text. */
function partitioningStart(tokens: readonly Token[], close: number, definition: string): number {
  const after = tokens.slice(close);
  const at = findWords(after, 'PARTITION', 'BY');
  if (at === undefined) return definition.length;
  return after[after[at - 1]?.kind === 'code-open' ? at - 2 : at - 1]?.end ?? definition.length;
}

/** The text that `readTable` has read; of the parts only `sql` is looked at. */
export function writeTable({ head, parts, options, partitioning, hasCommas }: TableDefinition): string {
  const separator = hasCommas ? ',\n' : '\n';
  const partitions = partitioning?.text ?? '';
  return `${head}(\n${parts.map(({ sql }) => `  ${sql}`).join(separator)}\n)${options.text}${
    hasCommas ? partitions : partitions.replace(/,$/gm, '')
  }`;
}

/** The parts of a definition, of some kinds or of all; none if it is not a table. */
export function partsOf<Kind extends keyof Parts = keyof Parts>(
  definition: string,
  ...kinds: Kind[]
): Parts[Kind][] {
  const isWanted = (part: Part): part is Parts[Kind] =>
    kinds.length === 0 || kinds.some((kind) => kind === part.what);
  return readTable(definition)?.parts.filter(isWanted) ?? [];
}

/** The storage engine, as SHOW CREATE TABLE spells it. */
export function engineOf(definition: string): string | undefined {
  return readTable(definition)?.options.named.get('ENGINE')?.value;
}

/** The same definition with other parts. @param edit returns the text of a part, or undefined to leave it out */
export function withParts(definition: string, edit: (part: Part) => string | undefined): string {
  return edited(definition, (table) => ({
    ...table,
    parts: table.parts.flatMap((part) => {
      const sql = edit(part);
      return sql === undefined ? [] : [{ ...part, sql }];
    }),
  }));
}

/** The same text if it is not a table. */
export function edited(definition: string, edit: (table: TableDefinition) => TableDefinition): string {
  const table = readTable(definition);
  return table === undefined ? definition : writeTable(edit(table));
}

/** A name as SQL takes it: `` `it``s` ``. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** `` `schema`.`name` ``, or the name alone where no schema is given. */
export function quoteTable(table: { schema?: string; name: string }): string {
  return table.schema === undefined
    ? quoteName(table.name)
    : `${quoteName(table.schema)}.${quoteName(table.name)}`;
}

/** A string as SQL takes it in a session without NO_BACKSLASH_ESCAPES. */
export function quoteString(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`;
}

/** A string as LIKE takes it, to be matched as it is. */
export function escapeLike(text: string): string {
  return text.replace(/[\\_%]/g, (char) => `\\${char}`);
}

/** The source of a regular expression that matches the text as it is. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Whether two names mean the same column, index or constraint: their case does not matter. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The one that has this name. */
export function named<T extends { name: string }>(all: readonly T[], name: string): T | undefined {
  return all.find((each) => isSameName(each.name, name));
}

/** What a column is called after these renames. */
export function nameAfter(renames: readonly { from: string; to: string }[], name: string): string {
  return renames.find(({ from }) => isSameName(from, name))?.to ?? name;
}

export interface TableName {
  schema: string;
  name: string;
}

/** The table as people read it; for a statement it has to be quoted. */
export function tableLabel({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}

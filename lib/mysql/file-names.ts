/**
 * InnoDB's dictionary spells names as file names: a character other than an ASCII letter, a digit or `_` becomes `@` and
 * four hex digits, or `@` and a two-character code for the letters of many alphabets (MySQL manual, "Mapping of
 * Identifiers to File Names"). These codes are undocumented, so a name is looked up by a LIKE pattern with `@%` for each
 * such character.
 */
function filePattern(name: string): string {
  return name.replace(/[^0-9A-Za-z]/gu, (char) => (char === '_' ? '\\_' : '@%'));
}

/** The name that a file name stands for; undefined if it contains a two-character code. */
export function nameOfFile(file: string): string | undefined {
  if (/@(?![0-9a-f]{4})/.test(file)) return undefined;
  return file.replace(/@([0-9a-f]{4})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

/** LIKE patterns for a table and its partitions; within names `#` is encoded. */
export function filePatterns(
  table: { schema: string; name: string },
  pattern = filePattern,
): [table: string, partitions: string] {
  const path = `${pattern(table.schema)}/${pattern(table.name)}`;
  return [path, `${path}#%`];
}

/**
 * InnoDB's dictionary spells names like files: what is not a letter of ASCII, a digit or `_` becomes `@` and four
 * hex digits, or `@` and a code of two characters for the letters of many alphabets (MySQL manual, "Mapping of
 * Identifiers to File Names"). The codes are in no document and no function of MySQL's, so a name is searched by
 * a LIKE pattern that says `@%` for each such character.
 */
function filePattern(name: string): string {
  return name.replace(/[^0-9A-Za-z]/gu, (char) => (char === '_' ? '\\_' : '@%'));
}

/** The name behind a file's; undefined where it holds a code of two characters. */
export function nameOfFile(file: string): string | undefined {
  if (/@(?![0-9a-f]{4})/.test(file)) return undefined;
  return file.replace(/@([0-9a-f]{4})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

/** The LIKE patterns of a table and of its partitions, `#` being a sign that is coded within names. */
export function filePatterns(
  table: { schema: string; name: string },
  pattern = filePattern,
): [table: string, partitions: string] {
  const path = `${pattern(table.schema)}/${pattern(table.name)}`;
  return [path, `${path}#%`];
}

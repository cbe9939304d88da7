/** The body of a column's definition without its NOT NULL; the words may also stand in a string, which stays. */
export function withNull(body: string): string {
  let found = false;
  return body.replace(/'(?:[^'\\]|\\.|'')*'|\bNOT NULL\b/gs, (text) => {
    if (text.startsWith("'") || found) return text;
    found = true;
    return 'NULL';
  });
}

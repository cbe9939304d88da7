/** The candidates that `word` may be a misspelling of, best first; at most three. */
export function nearest(word: string, candidates: Iterable<string>): string[] {
  const wanted = plain(word);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return [...new Set(candidates)]
    .map((name) => ({ name, distance: remoteness(wanted, plain(name)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** `; did you mean a or b?`, or nothing if no name is similar. */
export function didYouMean(word: string, candidates: Iterable<string>, prefix = ''): string {
  const names = nearest(word, candidates).map((name) => prefix + name);
  return names.length === 0 ? '' : `; did you mean ${names.join(' or ')}?`;
}

/** A prefix (`--lock-wait`) counts as a single mistake. */
function remoteness(word: string, name: string): number {
  return word.length > 2 && name.startsWith(word) ? 1 : distance(word, name);
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll('_', '-');
}

/** Edit distance in which a transposition counts as one mistake. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (same ? 0 : 1),
          swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(a.length, b.length);
}

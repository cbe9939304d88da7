interface ShadowTables {
  /** The copy under construction. */
  ghost: string;
  changelog: string;
  checkpoint: string;
  /** The table as it was, after the cut-over; during the cut-over an empty sentry. */
  old: string;
}

/** A name may have 64 characters; gh-ost counts bytes. */
export const longestName = 64;

/** The names that gh-ost gives its tables (go/base/context.go of 1.1.10). */
export function shadowTables(table: string): ShadowTables {
  return {
    ghost: shadowName(table, 'gho'),
    changelog: shadowName(table, 'ghc'),
    checkpoint: shadowName(table, 'ghk'),
    old: shadowName(table, 'del'),
  };
}

/** The tables that a run makes and takes away again, as `schema.table`. */
export function shadowLabels({ schema, name }: { schema: string; name: string }): string[] {
  const { ghost, changelog, checkpoint } = shadowTables(name);
  return [ghost, changelog, checkpoint].map((each) => `${schema}.${each}`);
}

/**
 * The old table's name with --timestamp-old-table.
 * @param stamp fourteen digits: when gh-ost was started, in the time zone of its machine;
 * of what a revert replaces, followed by `_rev`
 */
export function stampedOldTable(table: string, stamp: string): string {
  return shadowName(table, `${stamp}_del`);
}

/**
 * A name that would be too long loses bytes at the end of the table's part. Where the cut goes through a character,
 * gh-ost makes a broken name; it comes out of here with a replacement character, and `obstacles` refuses it.
 */
function shadowName(table: string, suffix: string): string {
  const bytes = Buffer.from(table);
  const room = longestName - `__${suffix}`.length;
  return `_${bytes.subarray(0, room).toString()}_${suffix}`;
}

/** Tables that have the names that gh-ost needs, as `schema.table`, and what to do about them. */
export function namesTaken(names: readonly string[]): { id: string; text: string; next: string } {
  return {
    id: 'ghost-leftovers',
    text: `gh-ost needs names that are taken: ${names.join(', ')}.`,
    next: 'alterwise clean says whose they are, and removes with --apply what dead runs have left. Drop or rename what is not theirs',
  };
}

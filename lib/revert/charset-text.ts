export interface TableCharset {
  charset?: string;
  /** Absent: the character set's own. */
  collation?: string;
}

/**
 * What a definition says of a character set, under one name: utf8 is utf8mb3, a collation names its set, and the set's
 * own collation is not said, as MySQL 5.7 does not. That of utf8mb4 depends on the server, which says it always where
 * it is another one than 5.7's.
 * @returns undefined where nothing is said
 */
export function charsetText(
  charset: string | undefined,
  collation: string | undefined,
): TableCharset | undefined {
  const set = (charset ?? collation?.split('_')[0])?.toLowerCase().replace(/^utf8$/, 'utf8mb3');
  if (set === undefined) return undefined;
  const name = collation?.toLowerCase().replace(/^utf8_/, 'utf8mb3_');
  return { charset: set, ...(name !== undefined && name !== ownCollation(set) && { collation: name }) };
}

function ownCollation(charset: string): string | undefined {
  if (charset === 'utf8mb4') return undefined;
  return charset === 'latin1' ? 'latin1_swedish_ci' : `${charset}_general_ci`;
}

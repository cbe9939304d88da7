import type { OptionsText } from '../table/dissect.js';
import type { Loss } from './loss.js';

/** What takes an option away that a definition does not say (MySQL manual, "CREATE TABLE Statement"). */
const resets = new Map([
  ['COMMENT', "COMMENT=''"],
  ['ROW_FORMAT', 'ROW_FORMAT=DEFAULT'],
  ['KEY_BLOCK_SIZE', 'KEY_BLOCK_SIZE=0'],
  ['STATS_PERSISTENT', 'STATS_PERSISTENT=DEFAULT'],
  ['STATS_AUTO_RECALC', 'STATS_AUTO_RECALC=DEFAULT'],
  ['STATS_SAMPLE_PAGES', 'STATS_SAMPLE_PAGES=DEFAULT'],
  ['MAX_ROWS', 'MAX_ROWS=0'],
  ['MIN_ROWS', 'MIN_ROWS=0'],
  ['AVG_ROW_LENGTH', 'AVG_ROW_LENGTH=0'],
  ['PACK_KEYS', 'PACK_KEYS=DEFAULT'],
  ['CHECKSUM', 'CHECKSUM=0'],
  ['DELAY_KEY_WRITE', 'DELAY_KEY_WRITE=0'],
  ['COMPRESSION', "COMPRESSION=''"],
  ['ENCRYPTION', "ENCRYPTION='N'"],
  ['AUTOEXTEND_SIZE', 'AUTOEXTEND_SIZE=0'],
  ['SECONDARY_ENGINE', 'SECONDARY_ENGINE=NULL'],
  // MariaDB
  ['PAGE_COMPRESSED', 'PAGE_COMPRESSED=DEFAULT'],
  ['PAGE_COMPRESSION_LEVEL', 'PAGE_COMPRESSION_LEVEL=DEFAULT'],
  ['ENCRYPTED', 'ENCRYPTED=DEFAULT'],
  ['ENCRYPTION_KEY_ID', 'ENCRYPTION_KEY_ID=DEFAULT'],
  ['PAGE_CHECKSUM', 'PAGE_CHECKSUM=DEFAULT'],
  ['TRANSACTIONAL', 'TRANSACTIONAL=DEFAULT'],
]);
/** Where a table is, which no ALTER TABLE changes (MySQL manual, "ALTER TABLE Statement"). */
const fixed = ['DATA DIRECTORY', 'INDEX DIRECTORY'];
const charset = ['DEFAULT CHARSET', 'COLLATE'];

export interface OptionClauses {
  clauses: readonly string[];
  losses: readonly Loss[];
}

/** The options that give the table what it had; `refused` is a part of a sentence. */
export function optionClauses(before: OptionsText, after: OptionsText): OptionClauses | { refused: string } {
  if (before.words !== after.words) {
    return { refused: `${before.words || 'nothing'} became ${after.words || 'nothing'} in its options` };
  }
  const clauses: string[] = [];
  for (const name of new Set([...before.named.keys(), ...after.named.keys()])) {
    const [was, is] = [before.named.get(name), after.named.get(name)];
    if (was === is || name === 'AUTO_INCREMENT' || charset.includes(name)) continue;
    const clause = fixed.includes(name) ? undefined : (was ?? resets.get(name));
    if (clause === undefined) return { refused: `its option ${is ?? was} cannot be taken back` };
    clauses.push(clause);
  }
  return {
    clauses: [...clauses, ...charsetClauses(before, after)],
    losses: keyBlockSize(before, after),
  };
}

/** MariaDB writes the table's size into each index, where it stays (measured on 10.11). */
function keyBlockSize(before: OptionsText, after: OptionsText): Loss[] {
  const [was, is] = [before, after].map(({ named }) => named.get('KEY_BLOCK_SIZE'));
  if (is === undefined || was === is) return [];
  return [
    {
      id: 'key-block-size',
      text: `On MariaDB the indexes keep ${is} of their own, which means nothing there.`,
    },
  ];
}

/** Both together: a collation is that of its character set. */
function charsetClauses(before: OptionsText, after: OptionsText): string[] {
  const said = ({ named }: OptionsText) => charset.flatMap((name) => named.get(name) ?? []).join(' ');
  return said(before) === said(after) || said(before) === '' ? [] : [said(before)];
}

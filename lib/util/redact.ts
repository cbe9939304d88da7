import { escapeRegExp } from '../sql/names.js';
export type Stream = 'stdout' | 'stderr';

/** Takes out of a line what must not be logged. */
type Redactor = (stream: Stream, line: string) => string;

/**
 * A redactor for the output of one gh-ost. Secrets become `***`, and so do values of rows: gh-ost logs the arguments
 * of a statement that failed (go/logic/applier.go, `args=`) and the ends of the ranges that it copies. The arguments
 * may go on over several lines: everything up to the next line that begins like one of gh-ost's own is left out.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const patterns = secrets.filter((secret) => secret !== '').map(secretPattern);
  const within: Record<Stream, boolean> = { stdout: false, stderr: false };
  return (stream, line) => {
    if (within[stream] && !beginsAnew.test(line)) return hidden;
    const shown = withoutValues(line);
    within[stream] = shown !== line && shown.endsWith(`args=${hidden}`);
    return patterns.reduce((text, pattern) => text.replace(pattern, hidden), shown);
  };
}

const hidden = '***';

/** A timestamp of gh-ost, go-mysql or the SQL driver, or a status or hint line. */
const beginsAnew = /^(?:\d{4}[-/]\d\d[-/]\d\d |\[\d{4}\/|\[mysql\] |Copy: \d|# )/;

function withoutValues(line: string): string {
  return line
    .replace(/\bargs=.*$/s, `args=${hidden}`)
    .replace(/\b(range_min=).*?( range_max=).*?( iteration=)/s, `$1${hidden}$2${hidden}$3`)
    .replace(/\b(Migration (?:min|max) values: ).*$/s, `$1${hidden}`);
}

/** A very short secret is replaced only where it stands alone, or no word would survive. */
function secretPattern(secret: string): RegExp {
  const literal = escapeRegExp(secret);
  return secret.length >= 4 ? new RegExp(literal, 'g') : new RegExp(`(?<!\\w)${literal}(?!\\w)`, 'g');
}

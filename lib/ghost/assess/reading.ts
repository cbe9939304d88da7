/** What gh-ost believes an ALTER does: it looks at the text with patterns, not with a parser. */
export interface GhostReading {
  /** Columns as it thinks they are called before and after, where that differs. */
  renames: ReadonlyMap<string, string>;
  /** Columns that it thinks are dropped, in lower case: it does not copy them. */
  drops: ReadonlySet<string>;
  /** It thinks that the table is renamed, and refuses. */
  renamesTable: boolean;
  /** It takes a part of the text for the head of the statement, and cuts it off. */
  losesHead: boolean;
}

/**
 * Reads an ALTER's text as gh-ost 1.1.10 does (go/sql/parser.go), with its blind spots: it does not know doubled or
 * escaped quotes, strings in double quotes, nested parentheses and comments. Where its reading differs from the
 * truth it loses data in silence.
 */
export function readAsGhost(spec: string): GhostReading {
  const renames = new Map<string, string>();
  const drops = new Set<string>();
  let renamesTable = false;
  for (const part of cutAtCommas(spec)) {
    const text = part.replace(/'[^']*'/g, "''");
    for (const [, from = '', to = ''] of text.matchAll(change)) renames.set(unquote(from), unquote(to));
    const dropped = drop.exec(text)?.[1];
    if (dropped !== undefined) drops.add(unquote(dropped).toLowerCase());
    renamesTable ||= rename.test(text);
  }
  for (const [from, to] of renames) if (from === to) renames.delete(from);
  return { renames, drops, renamesTable, losesHead: head.test(spec) };
}

/** Go's \s is narrower than that of JavaScript. */
function pattern(source: string, flags: string): RegExp {
  return new RegExp(source.replaceAll('_S', '[^\\t\\n\\f\\r ]').replaceAll('_s', '[\\t\\n\\f\\r ]'), flags);
}

const change = pattern('\\bchange_s+(?:column_s+)?(_S+)_s+(_S+)_s+', 'gi');
const drop = pattern('\\bdrop_s+(?:column_s+)?(_S+)$', 'i');
const rename = pattern('\\brename_s+(?:to|as)_s+', 'i');
const head = pattern('\\balter_s+table_s', 'i');

/** A quote lasts to the next quote, a parenthesis to the first that closes. */
function cutAtCommas(spec: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let awaited: string | undefined;
  for (let at = 0; at < spec.length; at += 1) {
    const char = spec.charAt(at);
    if (awaited !== undefined) {
      if (char === awaited) awaited = undefined;
    } else if (char === "'") awaited = "'";
    else if (char === '(') awaited = ')';
    else if (char === ',') {
      parts.push(spec.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, spec.slice(start)].map((part) => part.trim());
}

/** A name with a back-tick in it keeps its quotes, and then is the name of no column. */
function unquote(name: string): string {
  return /^`[^`]*`$/.test(name) ? name.slice(1, -1) : name;
}

import { lex, type Token } from '../../../sql/lexer.js';
import { isSameName, named, quoteName } from '../../../sql/names.js';
import type { AlterStatement, Clause } from '../../../sql/statement.js';
import { keyword, nameOf } from '../../../sql/tokens.js';
import { partsOf } from '../../../table/definition.js';
import type { Column } from '../../../table/shape.js';
import type { Obstacle } from '../../engine.js';
import { type GhostFacts, obstaclesOf } from './facts.js';

/**
 * Where gh-ost reads the ALTER in another way than the server does. It never complains: a column that it takes for
 * dropped is not copied, and one that it does not know to be renamed comes out empty.
 */
export function alterObstacles(facts: GhostFacts): Obstacle[] {
  const { spec } = facts.statement;
  const reading = readAsGhost(spec);
  const tokens = lex(spec);
  const hasSemicolon = tokens.some(({ kind, text }) => kind === 'symbol' && text === ';');
  const semicolon = 'gh-ost would run what follows the ; as a statement of its own.';
  const words = reading.losesHead ? 'ALTER TABLE' : reading.renamesTable ? 'RENAME TO' : undefined;
  const rename = misreadRename(facts, reading);
  const asTheTable = 'Write it as CHANGE old new definition, with the name exactly as the table has it.';
  const drop = misreadDrop(facts, reading, tokens);
  const dropped = `gh-ost misreads whether ${drop} is dropped, and would not copy it correctly.`;
  const mode = misreadQuotes(facts, tokens);
  const quotes = `The server's sql_mode has ${mode}, so that to gh-ost's sessions the statement means something else.`;
  const taken = `gh-ost takes words in a text for ${words}.`;
  return obstaclesOf('danger', [
    [hasSemicolon, 'ghost-semicolon', semicolon, 'Take it out.'],
    [words !== undefined, 'ghost-misread', taken, 'Write that text in other words.'],
    [rename !== undefined, 'ghost-rename', rename ?? '', asTheTable],
    [drop !== undefined, 'ghost-misread', dropped, 'Run it in statements of its own.'],
    [mode !== undefined, 'ghost-sql-mode', quotes, 'Write strings in single quotes and without backslashes.'],
  ]);
}

/** It looks renames up by the column's name as the table has it, case and all. */
function misreadRename({ statement, table }: GhostFacts, { renames }: GhostReading): string | undefined {
  const actual = (name: string) => named(table.columns, name)?.name ?? name;
  for (const { from, to } of statement.renames) {
    if (isSameName(renames.get(actual(from)) ?? '', to)) continue;
    const written = statement.clauses.some(({ head }) => head[0] === 'RENAME' && head[1] === 'COLUMN');
    return written
      ? `gh-ost does not understand RENAME COLUMN: ${to} would be empty.`
      : `gh-ost does not see that ${from} becomes ${to}, which would be empty.`;
  }
  for (const [from, to] of renames) {
    if (isSameName(from, to)) continue;
    const declared = statement.renames.some((rename) => isSameName(rename.from, from));
    if (!declared) return `gh-ost thinks that ${from} becomes ${to}.`;
  }
  return undefined;
}

/** Concerns columns that are there before and after: either they stay, or they are dropped and added again. */
function misreadDrop(
  { table, after }: GhostFacts,
  reading: GhostReading,
  tokens: readonly Token[],
): string | undefined {
  const dropped = droppedColumns(tokens);
  const remains = new Set((after ?? table).columns.map(({ name }) => name.toLowerCase()));
  const wrong = table.columns.find(({ name }) => {
    const key = name.toLowerCase();
    return remains.has(key) && reading.drops.has(key) !== dropped.has(key);
  });
  return wrong?.name;
}

/** `DROP [COLUMN] [IF EXISTS] c`, and nothing after it. */
function droppedColumns(tokens: readonly Token[]): Set<string> {
  const dropped = new Set<string>();
  let depth = 0;
  let clause: Token[] = [];
  const take = () => {
    const name = droppedColumn(clause);
    if (name !== undefined) dropped.add(name.toLowerCase());
    clause = [];
  };
  for (const token of tokens) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth === 0 && token.text === ',') take();
    else if (token.kind !== 'code-open' && token.kind !== 'code-close') clause.push(token);
  }
  take();
  return dropped;
}

function droppedColumn(clause: readonly Token[]): string | undefined {
  let at = keyword(clause[1]) === 'COLUMN' ? 2 : 1;
  if (keyword(clause[at]) === 'IF' && keyword(clause[at + 1]) === 'EXISTS') at += 2;
  const last = clause[at];
  const follower = keyword(clause[at + 1]);
  const ends = clause.length === at + 1 || follower === 'RESTRICT' || follower === 'CASCADE';
  return keyword(clause[0]) === 'DROP' && last && ends ? nameOf(last) : undefined;
}

/** alterwise's own sessions have neither mode; gh-ost's have what the server gives to everybody. */
function misreadQuotes({ sqlMode }: GhostFacts, tokens: readonly Token[]): string | undefined {
  const modes = sqlMode.toUpperCase().split(',');
  const strings = tokens.filter(({ kind }) => kind === 'string');
  if (modes.includes('ANSI_QUOTES') && strings.some(({ text }) => text.startsWith('"'))) return 'ANSI_QUOTES';
  const escapes = strings.some(({ text }) => text.includes('\\'));
  return modes.includes('NO_BACKSLASH_ESCAPES') && escapes ? 'NO_BACKSLASH_ESCAPES' : undefined;
}

/** What gh-ost believes an ALTER does: it looks at the text with patterns, not with a parser. */
interface GhostReading {
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

/**
 * The change as gh-ost gets it. Its parser knows CHANGE and not RENAME COLUMN, whose column would come out empty
 * (gh-ost issue 1034): the one is written as the other, with the definition that the probe has found.
 * It wants the old name as the table has it, case and all.
 * @param before the table's columns
 * @param definitionAfter SHOW CREATE TABLE of the changed clone; absent where there was no probe
 */
export function ghostStatement(
  statement: AlterStatement,
  before: readonly Column[],
  definitionAfter: string | undefined,
): AlterStatement {
  if (definitionAfter === undefined) return statement;
  const clauses = statement.clauses.map((clause) => asChange(clause, before, definitionAfter) ?? clause);
  return { ...statement, clauses, spec: clauses.map(({ text }) => text).join(', ') };
}

function asChange(clause: Clause, before: readonly Column[], definitionAfter: string): Clause | undefined {
  if (clause.head[0] !== 'RENAME' || clause.head[1] !== 'COLUMN') return undefined;
  const [old, to] = [lex(clause.text).at(-3), lex(clause.text).at(-1)].map((token) => token && nameOf(token));
  const from = named(before, old ?? '')?.name;
  if (from === undefined || to === undefined) return undefined;
  const column = partsOf(definitionAfter, 'column').find(({ name }) => name === to);
  if (column === undefined) return undefined;
  const text = `CHANGE ${quoteName(from)} ${column.sql}`;
  return { ...clause, text, head: ['CHANGE'] };
}

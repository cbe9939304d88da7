import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { recordedIn } from '../scripts/bookkeeping.js';
import { keyword } from '../sql/cursor.js';
import { lex, type Token } from '../sql/lexer.js';
import { parseAlter, splitStatements, unwrap } from '../sql/parse.js';

/**
 * What a statement is to a connection whose changes of tables go through alterwise: `change` ALTER TABLE, CREATE INDEX
 * or DROP INDEX · `ddl` another change of the schema, run under a bounded lock wait · the rest passes; `record` is that
 * of a tool that a migration was run.
 */
export type StatementKind =
  | 'change'
  | 'ddl'
  | 'read'
  | 'write'
  | 'record'
  | 'begin'
  | 'end'
  | 'lock-tables'
  | 'unlock-tables'
  | 'temporary-table';

export interface KnownStatement {
  sql: string;
  kind: StatementKind;
  /** What stands in front of it: blanks and comments. */
  lead: string;
}

/** Blanks and comments that no server runs, and then the first word. */
const firstWord = /(?:\s+|--(?:[^\S\n][^\n]*)?\n|#[^\n]*\n|\/\*(?!!|M!)[\s\S]*?\*\/)*([a-z]+)/iy;

const plainKinds: Readonly<Record<string, 'read' | 'write'>> = {
  SELECT: 'read',
  SHOW: 'read',
  USE: 'read',
  DO: 'read',
  DESC: 'read',
  DESCRIBE: 'read',
  EXPLAIN: 'read',
  INSERT: 'write',
  UPDATE: 'write',
  DELETE: 'write',
  REPLACE: 'write',
  CALL: 'write',
  LOAD: 'write',
};

/**
 * How Knex takes its lock, in the transaction that it opens around the migrations (its Migrator, `_lockMigrations`). It
 * means to hold it until they are through, and a change that commits it takes nothing away from that.
 */
const lockOfKnex = /^update `[^`]*migrations_lock` set `is_locked` = /;

/**
 * The last that a tool writes of a migration (TypeORM's MigrationExecutor, Drizzle's `dialect.migrate`): with it the
 * migration is whole, and a change that commits it parts nothing. Some open one transaction around all migrations.
 */
const recordOfTool = new RegExp(
  `^(?:insert into|delete from) (?:\`[^\`]+\`\\.)?\`(?:${recordedIn.join('|')})\`[ (]`,
  'i',
);

/**
 * The kind of a statement that passes, by its first word alone: this is asked of every statement that an application
 * sends. Nothing where it has to be looked at closer.
 */
export function passingKind(sql: string): PassingKind | undefined {
  // What is executed is asked three times: when it is given, prepared, and sent.
  if (sql !== last.sql) last = { sql, kind: kindByFirstWord(sql) };
  return last.kind;
}

type PassingKind = 'read' | 'write' | 'record';
let last: { sql: string; kind: PassingKind | undefined } = { sql: '', kind: undefined };

function kindByFirstWord(sql: string): PassingKind | undefined {
  firstWord.lastIndex = 0;
  const word = firstWord.exec(sql)?.[1];
  if (word === undefined) return undefined;
  if (word === 'update' && lockOfKnex.test(sql)) return 'read';
  // MariaDB: SET STATEMENT x=1 FOR any statement.
  if (/^set$/i.test(word))
    return /^\s+statement\b/i.test(sql.slice(firstWord.lastIndex)) ? undefined : 'read';
  const kind = plainKinds[word.toUpperCase()];
  return kind === 'write' && recordOfTool.test(sql) ? 'record' : kind;
}

/**
 * Each statement of a text and its kind. What cannot be read is left to the server to judge.
 * @param isMultiple whether the connection takes several statements at once
 */
export function knownStatements(text: string, isMultiple: boolean): KnownStatement[] {
  try {
    const all = lex(text).filter(({ kind }) => kind !== 'comment');
    if (all.length === 0) return [{ sql: text, kind: 'write', lead: '' }];
    if (!isMultiple) return [known(all, text, 0)];
    const pieces = splitStatements(text);
    const statements: KnownStatement[] = [];
    for (let at = 0, end = 0; at < pieces.length; ) {
      const next = endOf(pieces, at);
      const first = pieces[at] ?? [];
      const to = pieces[next]?.[0]?.start ?? Number.POSITIVE_INFINITY;
      // The statements of a body belong to it, with what parts them.
      const isBody = next > at + 1;
      const from = first[0]?.start ?? 0;
      const tokens = isBody ? all.filter(({ start }) => start >= from && start < to) : first;
      statements.push(known(tokens, text, end));
      end = tokens.at(-1)?.end ?? end;
      at = next;
    }
    return statements;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // What is a change, or has one in it, and cannot be read must not pass for that: it is refused, with the reason.
    const change = isMultiple ? anywhere : /^\W*(?:alter|create|drop)\b/i;
    return [{ sql: text, kind: change.test(text) ? 'change' : 'write', lead: '' }];
  }
}

const anywhere =
  /^\W*(?:alter|create|drop)\b|\balter\s+(?:\w+\s+){0,2}table\b|\b(?:create|drop)\s+(?:\w+\s+)?index\b/i;

const compound = ['BEGIN', 'CASE', 'FOR', 'IF', 'LOOP', 'REPEAT', 'WHILE'];
const ofSchema = /^(?:ALTER|CREATE|DROP|RENAME|TRUNCATE)$/;

/**
 * The piece behind the last one of a statement, of pieces between `;`: that of a trigger or a routine may hold others.
 * @param at its first piece
 */
function endOf(pieces: readonly (readonly Token[])[], at: number): number {
  const first = pieces[at] ?? [];
  const body = bodyOf(first);
  if (body === undefined || !first.some((_, index) => opens(first, index))) return at + 1;
  // A procedure and an event may change the schema, and only the server knows where they end.
  if (body === 'PROCEDURE' || body === 'EVENT') return pieces.length;
  let depth = depthOf(first);
  const next = pieces.findIndex((tokens, index) => {
    if (index <= at) return false;
    if (depth <= 0 && ofSchema.test(keyword(tokens[0]) ?? '')) return true;
    depth += depthOf(tokens);
    return false;
  });
  return next === -1 ? pieces.length : next;
}

/** Whether a word may begin what holds statements of its own; not that of `TRIGGER IF NOT EXISTS` and `FOR EACH ROW`. */
function opens(tokens: readonly Token[], at: number): boolean {
  const word = keyword(tokens[at]) ?? '';
  if (word === 'IF' && ofBody.test(keyword(tokens[at - 1]) ?? '')) return false;
  if (word === 'FOR' && keyword(tokens[at + 1]) === 'EACH') return false;
  return compound.includes(word);
}

/** How many blocks it opens more than it closes; those of IF and loops, which close by two words, are left out. */
function depthOf(tokens: readonly Token[]): number {
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    const [word, next] = [keyword(token), keyword(tokens[at + 1])];
    const isOpen = word === 'BEGIN' || (word === 'CASE' && keyword(tokens[at - 1]) !== 'END');
    if (isOpen) depth++;
    if (word === 'END' && !['FOR', 'IF', 'LOOP', 'REPEAT', 'WHILE'].includes(next ?? '')) depth--;
  }
  return depth;
}

/** @param end where the statement before it ends */
function known(tokens: readonly Token[], text: string, end: number): KnownStatement {
  const from = tokens[0]?.start ?? end;
  const sql = text.slice(from, tokens.at(-1)?.end);
  return { sql, kind: kindOf(tokens, text), lead: text.slice(end, from) };
}

function bodyOf(tokens: readonly Token[]): string | undefined {
  const [first, ...words] = unwrap(tokens)
    .slice(0, 12)
    .map((token) => keyword(token) ?? '');
  if (first !== 'CREATE') return undefined;
  return words.find((word) => ofBody.test(word));
}

const ofBody = /^(?:TRIGGER|PROCEDURE|FUNCTION|EVENT)$/;

function kindOf(tokens: readonly Token[], text: string): StatementKind {
  const [first = '', second = '', ...more] = unwrap(tokens)
    .slice(0, 5)
    .map((token) => keyword(token) ?? '');
  switch (first) {
    case 'ALTER':
      return isTable(second, more) ? kindOfAlter(tokens, text) : 'ddl';
    case 'CREATE':
    case 'DROP':
      if (second === 'TEMPORARY') return 'temporary-table';
      return isIndex(second, more) ? 'change' : 'ddl';
    case 'RENAME':
    case 'TRUNCATE':
      return 'ddl';
    case 'SET':
      return second === 'STATEMENT' ? kindOf(behindFor(tokens), text) : 'read';
    case 'SAVEPOINT':
    case 'RELEASE':
      return 'read';
    case 'BEGIN':
      // MariaDB: BEGIN NOT ATOMIC … END is a block.
      return second === 'NOT' ? 'write' : 'begin';
    case 'START':
      return second === 'TRANSACTION' ? 'begin' : 'write';
    case 'COMMIT':
      return 'end';
    case 'ROLLBACK':
      return second === 'TO' || more[0] === 'TO' ? 'read' : 'end';
    case 'LOCK':
      return second.startsWith('TABLE') ? 'lock-tables' : 'write';
    case 'UNLOCK':
      return second.startsWith('TABLE') ? 'unlock-tables' : 'write';
    default:
      return plainKinds[first] ?? 'write';
  }
}

function behindFor(tokens: readonly Token[]): readonly Token[] {
  return tokens.slice(tokens.findIndex((token) => keyword(token) === 'FOR') + 1);
}

function isTable(second: string, more: readonly string[]): boolean {
  return [second, ...more.slice(0, 2)].find((word) => word !== 'ONLINE' && word !== 'IGNORE') === 'TABLE';
}

function isIndex(second: string, more: readonly string[]): boolean {
  const words = second === 'OR' ? more.slice(1, 3) : [second, ...more.slice(0, 1)];
  const [kind, next] = words;
  return kind === 'INDEX' || (next === 'INDEX' && /^(?:UNIQUE|FULLTEXT|SPATIAL|VECTOR)$/.test(kind ?? ''));
}

const asTheServerDoes = [
  'renames-table',
  'exchanges-partition',
  'converts-partition',
  'moves-tablespace',
  'truncates-partition',
  'maintains-partition',
];

/** An ALTER TABLE that changes no definition (it renames the table, moves rows, maintains partitions) is the server's. */
function kindOfAlter(tokens: readonly Token[], text: string): StatementKind {
  try {
    parseAlter(tokens, text);
  } catch (error) {
    if (!(error instanceof Fault) || error.exitCode !== exitCodes.refused) return 'change';
    const isAlone = error.id !== 'renames-table' || !tokens.some((token) => token.text === ',');
    return isAlone && asTheServerDoes.includes(error.id) ? 'ddl' : 'change';
  }
  return 'change';
}

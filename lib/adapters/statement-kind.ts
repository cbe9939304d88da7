import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { recordTables } from '../scripts/tool-tables.js';
import type { Token } from '../sql/lexer.js';
import { parseAlter, splitStatements, unwrap } from '../sql/parse.js';
import { isRefusedClause } from '../sql/refused.js';
import { codeOf, keyword } from '../sql/tokens.js';

/**
 * What a statement is to an intercepted connection: `change` ALTER TABLE, CREATE INDEX or DROP INDEX · `ddl` other
 * DDL, run under a bounded lock wait · the rest passes; with `record` a tool records that a migration has run.
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
  /** The blanks and comments in front of it. */
  lead: string;
}

/** The first word, behind blanks and comments that no server executes. */
const firstWord = /(?:\s+|--(?:[^\S\n][^\n]*)?\n|#[^\n]*\n|\/\*(?!!|M!)[\s\S]*?\*\/)*([a-z]+)/iy;

const reads = /^(?:SELECT|SHOW|USE|DO|DESC|DESCRIBE|EXPLAIN)$/i;
const writes = /^(?:INSERT|UPDATE|DELETE|REPLACE|CALL|LOAD)$/i;

/**
 * How Knex takes its lock, in the transaction around its migrations (its Migrator, `_lockMigrations`). A change that
 * commits it does no harm: the lock holds until the migrations are done.
 */
const lockOfKnex = /^update `[^`]*migrations_lock` set `is_locked` = /;

/**
 * The last write of a migration (TypeORM's MigrationExecutor, Drizzle's `dialect.migrate`): the migration is complete,
 * so the next change may commit it. Some tools open one transaction around all migrations.
 */
const recordOfTool = new RegExp(
  `^(?:insert into|delete from) (?:\`[^\`]+\`\\.)?\`(?:${recordTables.join('|')})\`[ (]`,
  'i',
);

/**
 * The kind of a statement that passes, by its first word alone, because every statement of an application comes here.
 * Undefined if it needs a closer look.
 */
export function passingKind(sql: string): PassingKind | undefined {
  // An executed statement comes here three times: when it is given, prepared, and sent.
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
  if (reads.test(word)) return 'read';
  if (!writes.test(word)) return undefined;
  return recordOfTool.test(sql) ? 'record' : 'write';
}

/**
 * Each statement of a text and its kind. What cannot be parsed is left to the server.
 * @param isMultiple whether the connection accepts several statements at once
 */
export function knownStatements(text: string, isMultiple: boolean): KnownStatement[] {
  try {
    const all = codeOf(text);
    if (all.length === 0) return [{ sql: text, kind: 'write', lead: '' }];
    if (!isMultiple) return [known(all, text, 0)];
    const pieces = splitStatements(text);
    const statements: KnownStatement[] = [];
    for (let at = 0, end = 0; at < pieces.length; ) {
      const next = endOf(pieces, at);
      const first = pieces[at] ?? [];
      const to = pieces[next]?.[0]?.start ?? Number.POSITIVE_INFINITY;
      // The statements of a body belong to it, with their separators.
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
    // A text that cannot be parsed, and may contain a change, must not pass: it is refused with the reason.
    const change = isMultiple ? anywhere : /^\W*(?:alter|create|drop)\b/i;
    return [{ sql: text, kind: change.test(text) ? 'change' : 'write', lead: '' }];
  }
}

const anywhere =
  /^\W*(?:alter|create|drop)\b|\balter\s+(?:\w+\s+){0,2}table\b|\b(?:create|drop)\s+(?:\w+\s+)?index\b/i;

const compound = ['BEGIN', 'CASE', 'FOR', 'IF', 'LOOP', 'REPEAT', 'WHILE'];
const ofSchema = /^(?:ALTER|CREATE|DROP|RENAME|TRUNCATE)$/;

/**
 * Where a statement ends among pieces between `;`: the body of a trigger or a routine may consist of several.
 * @param at its first piece
 * @returns the piece behind its last one
 */
function endOf(pieces: readonly (readonly Token[])[], at: number): number {
  const first = pieces[at] ?? [];
  const body = bodyOf(first);
  if (body === undefined || !first.some((_, index) => opens(first, index))) return at + 1;
  // Procedures and events may change the schema, and only the server knows where they end.
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

/** Whether a word may open a block; in `TRIGGER IF NOT EXISTS` and `FOR EACH ROW` it does not. */
function opens(tokens: readonly Token[], at: number): boolean {
  const word = keyword(tokens[at]) ?? '';
  if (word === 'IF' && ofBody.test(keyword(tokens[at - 1]) ?? '')) return false;
  if (word === 'FOR' && keyword(tokens[at + 1]) === 'EACH') return false;
  return compound.includes(word);
}

/** How many more blocks it opens than it closes, without those that close with two words, such as END IF. */
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
  const [first, ...words] = wordsOf(tokens, 12);
  if (first !== 'CREATE') return undefined;
  return words.find((word) => ofBody.test(word));
}

const ofBody = /^(?:TRIGGER|PROCEDURE|FUNCTION|EVENT)$/;

/** By the first words of a statement; what is not here writes. MariaDB: BEGIN NOT ATOMIC … END is a block. */
const kinds: readonly (readonly [begins: RegExp, kind: StatementKind])[] = [
  [/^(?:CREATE|DROP) TEMPORARY\b/, 'temporary-table'],
  [/^(?:CREATE(?: OR REPLACE)?|DROP)(?: (?:UNIQUE|FULLTEXT|SPATIAL|VECTOR))? INDEX\b/, 'change'],
  [/^ALTER (?:(?:ONLINE|IGNORE) ){0,2}TABLE\b/, 'change'],
  [/^(?:ALTER|CREATE|DROP|RENAME|TRUNCATE)\b/, 'ddl'],
  [/^(?:SET|SAVEPOINT|RELEASE)\b|^ROLLBACK (?:\w* )?TO\b/, 'read'],
  [/^(?:BEGIN(?! NOT)|START TRANSACTION)\b/, 'begin'],
  [/^(?:COMMIT|ROLLBACK)\b/, 'end'],
  [/^LOCK TABLE/, 'lock-tables'],
  [/^UNLOCK TABLE/, 'unlock-tables'],
];

function kindOf(tokens: readonly Token[], text: string): StatementKind {
  const words = wordsOf(tokens, 5);
  const [first = '', second] = words;
  if (first === 'SET' && second === 'STATEMENT') {
    const isFor = (token: Token) => keyword(token) === 'FOR';
    return kindOf(tokens.slice(tokens.findIndex(isFor) + 1), text);
  }
  if (reads.test(first)) return 'read';
  const kind = kinds.find(([begins]) => begins.test(words.join(' ')))?.[1] ?? 'write';
  return first === 'ALTER' && kind === 'change' ? kindOfAlter(tokens, text) : kind;
}

/** The first words; a token that is no keyword is empty. */
function wordsOf(tokens: readonly Token[], count: number): string[] {
  return unwrap(tokens)
    .slice(0, count)
    .map((token) => keyword(token) ?? '');
}

/** An ALTER TABLE that only renames the table, moves rows or maintains partitions runs as other DDL. */
function kindOfAlter(tokens: readonly Token[], text: string): StatementKind {
  try {
    parseAlter(tokens, text);
  } catch (error) {
    if (!(error instanceof Fault) || error.exitCode !== exitCodes.refused) return 'change';
    const isAlone = error.id !== 'renames-table' || !tokens.some((token) => token.text === ',');
    return isAlone && isRefusedClause(error) ? 'ddl' : 'change';
  }
  return 'change';
}

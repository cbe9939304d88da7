import { Fault } from '../fault.js';
import { type ScriptTask, tell } from '../scripts/script-folder.js';
import { bookkeepingTables } from '../scripts/tool-tables.js';
import { called, isSameName, qualifiers, withSchema } from '../scripts/with-schema.js';
import { excerpt } from '../sql/lexer.js';
import { codeOf, keyword, nameOf } from '../sql/tokens.js';
import { alterTable } from './alter.js';
import type { Handler } from './intercept.js';
import { type KnownStatement, knownStatements } from './statement-kind.js';
import type { Answered, Command, ToolConnection, ToolSession } from './tool-connection.js';
import { ofMigration } from './tool-settings.js';

type RecordTask = Extract<ScriptTask, { mode: 'record' }>;

/** While a script is recorded: its statements go to the scratch copy of the schema, and nowhere else. */
export class Recorder implements Handler {
  readonly #task: RecordTask;
  readonly #reported = new Set<string>();

  constructor(task: RecordTask) {
    this.#task = task;
  }

  opened(): void {
    tell({ kind: 'connected' });
  }

  /** The schema that a connection gets instead of the one that it asks for; by default the copy. */
  schemaFor(database: string | undefined): string {
    const { schema, copy, isFolded } = this.#task;
    if (database === undefined || database === '') return copy;
    if (isSameName(database, schema, isFolded) || database === copy) return copy;
    if (/^information_schema$/i.test(database)) return database;
    throw new Error(
      `alterwise: the script connects to the schema ${database}, but only ${schema} was copied. Give --database ${database}, or plan each schema separately.`,
    );
  }

  toHandle(text: string, { config }: ToolConnection, session?: ToolSession): KnownStatement[] {
    const statements = knownStatements(text, Boolean(config.multipleStatements));
    // The schema in USE and SHOW is replaced only if they come first.
    const namesSchema =
      statements.length > 1 && statements.some(({ sql }) => /^(?:USE|SHOW)$/.test(wordsOf(sql)[0] ?? ''));
    if (namesSchema || !statements.every((each) => isPassing(each) && this.#elsewhere(each) === undefined))
      return statements;
    for (const { kind } of statements) session?.note(kind);
    return [];
  }

  /** Redirects a command to the copy, and records what it writes. */
  beforePassing(command: Command, connection: ToolConnection): void {
    const { schema, copy } = this.#task;
    const { sql, query, statement } = command;
    const text = sql ?? statement?.query;
    const isMultiple = Boolean(connection.config.multipleStatements);
    for (const each of text === undefined ? [] : knownStatements(text, isMultiple)) {
      this.#note({ ...each, sql: filledIn(each.sql, command, connection) });
    }
    if (sql !== undefined) {
      command.sql = this.#onCopy(sql);
      if (Array.isArray(command.parameters) && /information_schema/i.test(sql)) {
        command.parameters = command.parameters.map((value) => (value === schema ? copy : value));
      }
    }
    if (query !== undefined) {
      command.query = this.#onCopy(query);
      // The key under which the connection keeps the prepared statement.
      if (command.options !== undefined) command.options = { ...command.options, sql: command.query };
    }
    if (command.constructor.name === 'ChangeUser') command.database = this.schemaFor(command.database);
  }

  #note({ kind, sql }: KnownStatement): void {
    if (kind === 'read') this.#noteRead(sql);
    if (/^(?:change|ddl|write|record)$/.test(kind)) this.#record(sql);
  }

  #onCopy(sql: string): string {
    const { schema, copy, isFolded } = this.#task;
    return withSchema(sql, schema, copy, isFolded);
  }

  async handle(statement: KnownStatement, session: ToolSession): Promise<Answered> {
    const elsewhere = this.#elsewhere(statement);
    if (elsewhere !== undefined) {
      const isSent = statement.kind === 'ddl' && isOfServer(wordsOf(statement.sql));
      // What would drop tables is not recorded: it stops the real run.
      if (isSent) tell({ kind: 'statement', sql: statement.sql, outside: true });
      this.#unforeseen(
        'not-carried-out',
        `${withoutSecrets(statement.sql)} was not executed: ${elsewhere}.${isSent ? ' It will be sent when the script runs for real.' : ''}`,
      );
      return session.send('DO 0');
    }
    const sql = this.#onCopy(statement.sql);
    const isChange = statement.kind === 'change';
    if (isChange || statement.kind === 'ddl') await this.#refuseReal(session);
    const result = isChange
      ? await alterTable({ ...statement, sql }, session)
      : await session.send(sql, Number.POSITIVE_INFINITY);
    this.#note(statement);
    if (isChange && /\/\*\s*alterwise\b/i.test(statement.lead)) {
      const text = `${excerpt(statement.sql)} has options in a comment, which the plan ignores.`;
      this.#unforeseen('own-options', text);
    }
    return result;
  }

  /** However it got there: a session on another schema than the copy would change what is real. */
  async #refuseReal(session: ToolSession): Promise<void> {
    const [row] = await session.rows('SELECT DATABASE() AS db');
    const now = row?.db === null ? undefined : String(row?.db);
    if (now === undefined || now === this.#task.copy) return;
    throw new Error(
      `alterwise: the session uses the schema ${now}, which is not the scratch copy; nothing was sent.`,
    );
  }

  /** Why a statement would affect more than the copy. */
  #elsewhere({ sql, kind }: KnownStatement): string | undefined {
    const words = wordsOf(sql);
    if (reachesServer(words, kind)) return 'it affects more than the schema';
    if (words[0] === 'SET' && words.includes('SQL_MODE') && oddModes.test(sql)) {
      return 'it changes how statements are parsed';
    }
    const isRead = kind === 'read' && words[0] !== 'USE';
    const named = isRead
      ? called(sql)
      : [...qualifiers(sql), ...(words[0] === 'USE' ? namesOf(sql).slice(1) : [])];
    const { others, isFolded, schema, copy } = this.#task;
    const isOwn = (name: string) => [schema, copy].some((each) => isSameName(name, each, isFolded));
    // The script's account may see schemas that alterwise's account does not.
    const other =
      schemasOf(sql).find((name) => !isOwn(name)) ??
      named.find((name) => others.some((each) => isSameName(name, each, isFolded)));
    return other === undefined ? undefined : `it concerns the schema ${other}, which was not copied`;
  }

  /** With the name of the real schema, as in the plan. */
  #record(sql: string): void {
    const { schema, copy, bookkeeping } = this.#task;
    const names = namesOf(sql);
    const writes = /^\W*(?:INSERT|UPDATE|DELETE|REPLACE)\b/i.test(sql);
    // A tool creates its own tables, too.
    const ofTool = writes ? [...bookkeepingTables, ...bookkeeping] : bookkeepingTables;
    const isOfTool = ofTool.some((table) => names.includes(table));
    tell({ kind: 'statement', sql: withSchema(sql, copy, schema), ...(isOfTool && { bookkeeping: true }) });
  }

  #noteRead(sql: string): void {
    if (!/^\W*(?:SELECT|WITH)\b/i.test(sql)) return;
    const names = namesOf(sql);
    for (const table of this.#task.emptied) {
      if (!names.includes(table)) continue;
      const text = `The script reads ${table}, which is empty in the scratch copy; what it does with the rows is unknown.`;
      this.#unforeseen('reads-rows', text);
    }
  }

  #unforeseen(id: string, text: string): void {
    if (this.#reported.has(text)) return;
    this.#reported.add(text);
    tell({ kind: 'unforeseen', reason: { id, text } });
  }
}

function isPassing({ sql, kind }: KnownStatement): boolean {
  if (kind === 'write') return /^(?:INSERT|UPDATE|DELETE|REPLACE|WITH)$/.test(wordsOf(sql)[0] ?? '');
  return kind !== 'change' && kind !== 'ddl';
}

/** With these the server parses a text differently from alterwise. */
const oddModes = /ANSI|NO_BACKSLASH_ESCAPES|ORACLE|MSSQL|DB2|POSTGRESQL|MAXDB/i;

const ofSchema = /^(?:TABLES?|VIEW|TRIGGER|PROCEDURE|FUNCTION|SEQUENCE)$/;
const ofServer = /^(?:DATABASE|SCHEMA|USER|ROLE|EVENT|SERVER|TABLESPACE|LOGFILE|INSTANCE|RESOURCE|UNDO)$/;

/** What kind of thing a statement is about. */
function objectOf(words: readonly string[]): string {
  return words.find((word) => ofSchema.test(word) || ofServer.test(word)) ?? '';
}

/** Whether a statement affects neither just the schema nor just the session. */
function reachesServer([first = '', ...words]: readonly string[], kind: KnownStatement['kind']): boolean {
  const has = (wanted: RegExp) => words.some((word) => wanted.test(word));
  if (kind === 'ddl') return first !== 'TRUNCATE' && (!ofSchema.test(objectOf(words)) || has(/^SONAME$/));
  if (kind === 'write') return !inSchema.test(first);
  if (kind !== 'read') return false;
  return has(first === 'SET' ? /^(?:GLOBAL|PERSIST|PERSIST_ONLY|PASSWORD|ROLE)$/ : /^(?:OUTFILE|DUMPFILE)$/);
}

const inSchema = /^(?:INSERT|UPDATE|DELETE|REPLACE|WITH|ANALYZE|CHECK|OPTIMIZE|TABLE|VALUES|)$/;

/** Accounts, events and new schemas: DDL of the server that drops no table. */
function isOfServer([first = '', ...words]: readonly string[]): boolean {
  const object = objectOf(words);
  if (first === 'DROP') return /^(?:USER|ROLE|EVENT)$/.test(object);
  return /^(?:CREATE|ALTER)$/.test(first) && ofServer.test(object);
}

/** A statement about accounts is reduced to its first words. */
function withoutSecrets(sql: string): string {
  const words = wordsOf(sql);
  const hasSecrets = words.some((word) =>
    /^(?:PASSWORD|IDENTIFIED|USER|MASTER|SOURCE|REPLICATION|SERVER)$/.test(word),
  );
  return hasSecrets ? `${words.slice(0, 2).join(' ')} …` : excerpt(sql);
}

function wordsOf(sql: string): string[] {
  return tokensOf(sql).flatMap((token) => keyword(token) ?? []);
}

function namesOf(sql: string): string[] {
  return tokensOf(sql).flatMap((token) => nameOf(token) ?? []);
}

function tokensOf(sql: string) {
  try {
    return codeOf(sql);
  } catch (error) {
    if (error instanceof Fault) return []; // the server cannot parse it either
    throw error;
  }
}

/** The schemas of the tables that a statement changes, if a migration may contain it. */
function schemasOf(sql: string): string[] {
  return ofMigration(sql).flatMap((each) =>
    each.kind === 'plain' ? each.tables.flatMap(({ schema }) => schema ?? []) : (each.schema ?? []),
  );
}

/** The statement of an Execute with its values filled in. */
function filledIn(sql: string, { parameters }: Command, connection: ToolConnection): string {
  return Array.isArray(parameters) && parameters.length > 0 ? connection.format(sql, parameters) : sql;
}

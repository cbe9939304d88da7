import { Fault } from '../fault.js';
import { bookkeepingTables } from '../scripts/bookkeeping.js';
import { type ScriptTask, tell } from '../scripts/script-folder.js';
import { called, isSameName, qualifiers, withSchema } from '../scripts/with-schema.js';
import { keyword, nameOf } from '../sql/cursor.js';
import { excerpt, lex } from '../sql/lexer.js';
import type { Carrier } from './carrier.js';
import { change } from './change.js';
import { type KnownStatement, knownStatements } from './statement-kind.js';
import type { Answered, Command, ToolConnection, ToolSession } from './tool-connection.js';
import { ofMigration } from './tool-settings.js';

type RecordTask = Extract<ScriptTask, { mode: 'record' }>;

/** The commands of a script that is only recorded: they go to the copy of the schema, and nowhere else. */
export class Recorder implements Carrier {
  readonly #task: RecordTask;
  readonly #told = new Set<string>();

  constructor(task: RecordTask) {
    this.#task = task;
  }

  opened(): void {
    tell({ kind: 'connected' });
  }

  /** The schema that a connection gets instead of the one that it asks for; the copy where it asks for none. */
  schemaFor(database: string | undefined): string {
    const { schema, copy, isFolded } = this.#task;
    if (database === undefined || database === '') return copy;
    if (isSameName(database, schema, isFolded) || database === copy) return copy;
    if (/^information_schema$/i.test(database)) return database;
    throw new Error(
      `alterwise: the script connects to the schema ${database}, and only ${schema} was copied. Give --database ${database}, or plan the two by themselves.`,
    );
  }

  attended(text: string, { config }: ToolConnection, session?: ToolSession): KnownStatement[] {
    const statements = knownStatements(text, Boolean(config.multipleStatements));
    // The schema that USE and SHOW name is turned where they come first.
    const names =
      statements.length > 1 && statements.some(({ sql }) => /^(?:USE|SHOW)$/.test(wordsOf(sql)[0] ?? ''));
    if (names || !statements.every((each) => isPassing(each) && this.#elsewhere(each) === undefined))
      return statements;
    for (const { kind } of statements) session?.note(kind);
    return [];
  }

  /** Turns a command that passes to the copy, and takes down what it would write. */
  pass(command: Command, connection: ToolConnection): void {
    const { schema, copy } = this.#task;
    const { sql, query, statement } = command;
    const text = sql ?? statement?.query;
    if (text !== undefined) this.#takeDown(text, command, connection);
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

  #takeDown(text: string, command: Command, connection: ToolConnection): void {
    for (const each of knownStatements(text, Boolean(connection.config.multipleStatements))) {
      if (each.kind === 'read') this.#noteRead(each.sql);
      if (each.kind === 'write') this.#record(filledIn(each.sql, command, connection));
      if (each.kind === 'record') this.#record(each.sql);
    }
  }

  #onCopy(sql: string): string {
    const { schema, copy, isFolded } = this.#task;
    return withSchema(sql, schema, copy, isFolded);
  }

  async perform(statement: KnownStatement, session: ToolSession): Promise<Answered> {
    const elsewhere = this.#elsewhere(statement);
    if (elsewhere !== undefined) {
      const isSent = statement.kind === 'ddl' && isOfServer(wordsOf(statement.sql));
      // What takes tables away is not foreseen: it stops the real run.
      if (isSent) tell({ kind: 'statement', sql: statement.sql, outside: true });
      this.#unforeseen(
        'not-carried-out',
        `${withoutSecrets(statement.sql)} was not carried out: ${elsewhere}.${isSent ? ' It is sent when the script is run for real.' : ''}`,
      );
      return session.send('DO 0');
    }
    const sql = this.#onCopy(statement.sql);
    if (statement.kind === 'change' || statement.kind === 'ddl') await this.#refuseReal(session);
    if (statement.kind === 'change') {
      const result = await change({ ...statement, sql }, session);
      this.#record(statement.sql);
      if (/\/\*\s*alterwise\b/i.test(statement.lead)) {
        this.#unforeseen(
          'own-options',
          `${excerpt(statement.sql)} has options of its own, which the plan does not heed.`,
        );
      }
      return result;
    }
    const result = await session.send(sql, Number.POSITIVE_INFINITY);
    if (statement.kind === 'read') this.#noteRead(statement.sql);
    if (/^(?:ddl|write|record)$/.test(statement.kind)) this.#record(statement.sql);
    return result;
  }

  /** However it may have come there: a session that stands on another schema than the copy changes what is real. */
  async #refuseReal(session: ToolSession): Promise<void> {
    const [row] = await session.rows('SELECT DATABASE() AS db');
    const now = row?.db === null ? undefined : String(row?.db);
    if (now === undefined || now === this.#task.copy) return;
    throw new Error(
      `alterwise: the session stands on the schema ${now}, which is no copy: nothing was sent.`,
    );
  }

  /** Why a statement would reach further than the copy does. */
  #elsewhere({ sql, kind }: KnownStatement): string | undefined {
    const words = wordsOf(sql);
    if (reachesServer(words, kind)) return 'it reaches further than the schema';
    if (words[0] === 'SET' && words.includes('SQL_MODE') && oddModes.test(sql)) {
      return 'it changes how statements are read';
    }
    const isRead = kind === 'read' && words[0] !== 'USE';
    const named = isRead
      ? called(sql)
      : [...qualifiers(sql), ...(words[0] === 'USE' ? namesOf(sql).slice(1) : [])];
    const { others, isFolded, schema, copy } = this.#task;
    const isOwn = (name: string) => [schema, copy].some((each) => isSameName(name, each, isFolded));
    // The script's account may see schemas that alterwise's does not.
    const other =
      schemasOf(sql).find((name) => !isOwn(name)) ??
      named.find((name) => others.some((each) => isSameName(name, each, isFolded)));
    return other === undefined ? undefined : `it is about the schema ${other}, of which there is no copy`;
  }

  /** As the plan will have it: in the words of the real schema. */
  #record(sql: string): void {
    const { schema, copy, bookkeeping } = this.#task;
    const names = namesOf(sql);
    const isBookkeeping =
      /^\W*(?:INSERT|UPDATE|DELETE|REPLACE)\b/i.test(sql) &&
      bookkeeping.some((table) => names.includes(table));
    const isOfTool = isBookkeeping || madeByTool(names);
    tell({ kind: 'statement', sql: withSchema(sql, copy, schema), ...(isOfTool && { bookkeeping: true }) });
  }

  #noteRead(sql: string): void {
    if (!/^\W*(?:SELECT|WITH)\b/i.test(sql)) return;
    const names = namesOf(sql);
    for (const table of this.#task.emptied) {
      if (!names.includes(table)) continue;
      const text = `The script reads ${table}, which has no rows in the copy: what it makes of them is not foreseen.`;
      this.#unforeseen('reads-rows', text);
    }
  }

  #unforeseen(id: string, text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    tell({ kind: 'unforeseen', reason: { id, text } });
  }
}

const passing: readonly string[] = [
  'read',
  'record',
  'begin',
  'end',
  'lock-tables',
  'unlock-tables',
  'temporary-table',
];

function isPassing({ sql, kind }: KnownStatement): boolean {
  if (passing.includes(kind)) return true;
  return kind === 'write' && /^(?:INSERT|UPDATE|DELETE|REPLACE|WITH)$/.test(wordsOf(sql)[0] ?? '');
}

/** With these a text is another one to the server than to alterwise. */
const oddModes = /ANSI|NO_BACKSLASH_ESCAPES|ORACLE|MSSQL|DB2|POSTGRESQL|MAXDB/i;

const ofSchema = /^(?:TABLES?|VIEW|TRIGGER|PROCEDURE|FUNCTION|SEQUENCE)$/;
const ofServer = /^(?:DATABASE|SCHEMA|USER|ROLE|EVENT|SERVER|TABLESPACE|LOGFILE|INSTANCE|RESOURCE|UNDO)$/;

/** What kind of thing a statement is about. */
function objectOf(words: readonly string[]): string {
  return words.find((word) => ofSchema.test(word) || ofServer.test(word)) ?? '';
}

/** What is neither of the schema nor of the session. */
function reachesServer([first = '', ...words]: readonly string[], kind: KnownStatement['kind']): boolean {
  switch (kind) {
    case 'ddl': {
      if (first === 'TRUNCATE') return false;
      return !ofSchema.test(objectOf(words)) || words.includes('SONAME');
    }
    case 'read':
      if (first === 'SET')
        return words.some((word) => /^(?:GLOBAL|PERSIST|PERSIST_ONLY|PASSWORD|ROLE)$/.test(word));
      return words.some((word) => /^(?:OUTFILE|DUMPFILE)$/.test(word));
    case 'write':
      return !/^(?:INSERT|UPDATE|DELETE|REPLACE|WITH|ANALYZE|CHECK|OPTIMIZE|TABLE|VALUES|)$/.test(first);
    default:
      return false;
  }
}

/** Of the server, and takes no table away: accounts, events, schemas that are made. */
function isOfServer([first = '', ...words]: readonly string[]): boolean {
  const object = objectOf(words);
  if (first === 'DROP') return /^(?:USER|ROLE|EVENT)$/.test(object);
  return /^(?:CREATE|ALTER)$/.test(first) && ofServer.test(object);
}

/** Of a statement about accounts only what it is. */
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
    return lex(sql).filter(({ kind }) => kind !== 'comment');
  } catch (error) {
    if (error instanceof Fault) return []; // the server will not read it either
    throw error;
  }
}

/** Of the tables that a statement changes, where it is one that a migration may have. */
function schemasOf(sql: string): string[] {
  return ofMigration(sql).flatMap((each) =>
    each.kind === 'plain' ? each.tables.flatMap(({ schema }) => schema ?? []) : (each.schema ?? []),
  );
}

/** Tables that a tool makes for its own bookkeeping when there is none yet. */
function madeByTool(names: readonly string[]): boolean {
  return names.some((name) => bookkeepingTables.includes(name));
}

/** The statement of an Execute with its values in it. */
function filledIn(sql: string, { parameters }: Command, connection: ToolConnection): string {
  return Array.isArray(parameters) && parameters.length > 0 ? connection.format(sql, parameters) : sql;
}

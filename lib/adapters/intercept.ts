import type { KnownStatement } from './statement-kind.js';
import {
  type Answered,
  type Asked,
  type Command,
  type ToolCallback,
  type ToolConnection,
  type ToolResult,
  type ToolSession,
  toolSession,
} from './tool-connection.js';

/** What becomes of the statements of an intercepted connection. */
export interface Handler {
  /**
   * The statements of a text, if it must not pass as it stands; none if it passes.
   * @param session takes note of what passes
   */
  toHandle(text: string, connection: ToolConnection, session?: ToolSession): KnownStatement[];
  handle(statement: KnownStatement, session: ToolSession): Promise<Answered>;
  /** A connection was opened. */
  opened?(): void;
  /** May change a command that passes, before it is sent. */
  beforePassing?(command: Command, connection: ToolConnection): void;
}

const keepAliveMs = 20_000;
const intercepted = new WeakSet<object>();

/** Hands the statements of a connection to a handler. While one is handled, later commands wait in their order. */
export function intercept(connection: ToolConnection, handler: Handler): void {
  if (intercepted.has(connection)) return;
  intercepted.add(connection);
  handler.opened?.();
  const add = connection.addCommand.bind(connection);
  const session = toolSession(connection, add);
  let waiting: Command[] | undefined;

  const take = (command: Command): Command => {
    if (waiting !== undefined) {
      waiting.push(command);
      return command;
    }
    const text = textOf(command);
    if (text === undefined) resetBy(command, session);
    const statements = text === undefined ? [] : handler.toHandle(text, connection, session);
    if (statements.length === 0 || command.sql === undefined) {
      handler.beforePassing?.(command, connection);
      return add(command);
    }
    waiting = [];
    void performAll(statements, session.as(command), handler)
      .then(
        (answers) => answer(command, answers),
        (error: Error) => refuse(command, error, connection),
      )
      .finally(() => {
        const next = waiting ?? [];
        waiting = undefined;
        const dead = connection._fatalError ?? undefined;
        for (const each of next) {
          if (dead === undefined) take(each);
          else if (each.onResult || textOf(each) !== undefined) refuse(each, dead, connection);
          else each.emit('end');
        }
      });
    return command;
  };

  connection.addCommand = take;
  const { execute, prepare } = connection;
  const isHandled = (asked: Asked) =>
    handler.toHandle(typeof asked === 'string' ? asked : asked.sql, connection).length > 0;
  connection.execute = (sql, values, callback) =>
    isHandled(sql)
      ? connection.query(sql, values, callback)
      : execute.call(connection, sql, values, callback);
  connection.prepare = (sql, callback) => {
    if (!isHandled(sql)) return prepare.call(connection, sql, callback);
    return prepare.call(connection, 'DO 0', (error, statement) =>
      error ? callback?.(error) : callback?.(null, unprepared(sql, statement, connection)),
    );
  };
}

function textOf({ sql, query, statement }: Command): string | undefined {
  return sql ?? query ?? statement?.query;
}

/**
 * The server accepts no parameters in these statements, so there is nothing to prepare.
 * @param statement a prepared `DO 0`, whose place it takes
 */
function unprepared(sql: Asked, statement: object | undefined, connection: ToolConnection): object {
  return Object.assign(Object.create(statement ?? null), {
    query: typeof sql === 'string' ? sql : sql.sql,
    execute: (values: unknown, callback?: ToolCallback) => connection.query(sql, values, callback),
  });
}

function resetBy(command: Command, session: ToolSession): void {
  if (/^(?:ChangeUser|ResetConnection)$/.test(command.constructor.name)) session.reset();
}

async function performAll(
  statements: readonly KnownStatement[],
  session: ToolSession,
  handler: Handler,
): Promise<Answered[]> {
  // A row copy takes hours, and the server closes idle connections (wait_timeout).
  const alive = setInterval(() => void session.send('DO 0').catch(() => {}), keepAliveMs).unref();
  const answers: Answered[] = [];
  try {
    for (const statement of statements) {
      answers.push(await handler.handle(statement, session));
      session.note(statement.kind);
    }
    return answers;
  } finally {
    clearInterval(alive);
  }
}

/** Answers a command as `Query` of mysql2 does. */
function answer(command: Command, answers: readonly Answered[]): void {
  const [only] = answers;
  const results = answers.map(([result]) => result);
  const [result, fields] =
    answers.length === 1 && only !== undefined
      ? only
      : ([results, answers.map(([, each]) => each)] as [ToolResult, unknown]);
  for (const [each, ofEach] of answers) {
    command.emit('fields', ofEach);
    command.emit('result', each);
  }
  const { onResult } = command;
  if (onResult) process.nextTick(() => onResult.call(command, null, result, fields));
  command.emit('end');
}

/** Reports an error to the callback, to the command's own listeners, or else to the connection's. */
function refuse(command: Command, error: Error, connection: ToolConnection): void {
  const { onResult } = command;
  process.nextTick(() => {
    if (onResult) onResult.call(command, error);
    else if (command.listenerCount('error') > 0) command.emit('error', error);
    else connection.emit('error', error);
    command.emit('end');
  });
}

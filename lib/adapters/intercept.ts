import { bounded } from './bounded.js';
import { change } from './change.js';
import { type KnownStatement, knownStatements, passingKind } from './statement-kind.js';
import type { Asked, Command, ToolCallback, ToolConnection, ToolResult } from './tool-connection.js';
import { type ToolSession, toolSession } from './tool-session.js';

const keepAliveMs = 20_000;
const intercepted = new WeakSet<object>();

/**
 * Sends the changes of tables on this connection through alterwise, and bounds the lock waits of its other DDL; the
 * rest passes as it is. While a change is made, what the tool asks next waits in its order.
 */
export function intercept(connection: ToolConnection): void {
  if (intercepted.has(connection)) return;
  intercepted.add(connection);
  const add = connection.addCommand.bind(connection);
  const session = toolSession(connection, add);
  let waiting: Command[] | undefined;

  const take = (command: Command): Command => {
    if (waiting !== undefined) {
      waiting.push(command);
      return command;
    }
    const text = textOf(command);
    const statements = text === undefined ? [] : attended(text, connection, session);
    if (text === undefined) resetBy(command, session);
    if (statements.length === 0 || command.sql === undefined) return add(command);
    waiting = [];
    void performAll(statements, session)
      .then(
        (results) => answer(command, results),
        (error: Error) => refuse(command, error),
      )
      .finally(() => {
        const next = waiting ?? [];
        waiting = undefined;
        for (const each of next) take(each);
      });
    return command;
  };

  connection.addCommand = take;
  const { execute, prepare } = connection;
  connection.execute = (sql, values, callback) =>
    needsAttention(sql, connection)
      ? connection.query(sql, values, callback)
      : execute.call(connection, sql, values, callback);
  connection.prepare = (sql, callback) => {
    if (!needsAttention(sql, connection)) return prepare.call(connection, sql, callback);
    callback?.(null, unprepared(sql, connection));
    return connection.query('DO 0');
  };
}

function textOf({ sql, query, statement }: Command): string | undefined {
  return sql ?? query ?? statement?.query;
}

/** What of a text has to be done here; nothing where it passes as a whole, which the session takes note of. */
function attended(text: string, { config }: ToolConnection, session: ToolSession): KnownStatement[] {
  const isSingle = config.multipleStatements !== true || !text.includes(';');
  const kind = isSingle ? passingKind(text) : undefined;
  if (kind !== undefined) {
    session.note(kind);
    return [];
  }
  const statements = knownStatements(text);
  if (statements.some(isAttended)) return statements;
  for (const statement of statements) session.note(statement.kind);
  return [];
}

function isAttended({ kind }: KnownStatement): boolean {
  return kind === 'change' || kind === 'ddl';
}

function needsAttention(asked: Asked, { config }: ToolConnection): boolean {
  const text = typeof asked === 'string' ? asked : asked.sql;
  if (passingKind(text) !== undefined && config.multipleStatements !== true) return false;
  return knownStatements(text).some(isAttended);
}

/** The server takes no parameters in these statements, so that there is nothing to prepare. */
function unprepared(sql: Asked, connection: ToolConnection) {
  return {
    query: typeof sql === 'string' ? sql : sql.sql,
    columns: [],
    parameters: [],
    execute: (values: unknown, callback?: ToolCallback) => connection.query(sql, values, callback),
    close: () => undefined,
  };
}

function resetBy(command: Command, session: ToolSession): void {
  if (/^(?:ChangeUser|ResetConnection)$/.test(command.constructor.name)) session.reset();
}

async function performAll(
  statements: readonly KnownStatement[],
  session: ToolSession,
): Promise<ToolResult[]> {
  // A copy takes hours, and a server ends what is idle for long (wait_timeout).
  const alive = setInterval(() => void session.send('DO 0').catch(() => {}), keepAliveMs).unref();
  const results: ToolResult[] = [];
  try {
    for (const statement of statements) {
      results.push(await perform(statement, session));
      session.note(statement.kind);
    }
    return results;
  } finally {
    clearInterval(alive);
  }
}

function perform(statement: KnownStatement, session: ToolSession): Promise<ToolResult> {
  if (statement.kind === 'change') return change(statement, session);
  if (statement.kind === 'ddl') return bounded(statement, session);
  return session.send(statement.sql, Number.POSITIVE_INFINITY);
}

/** As `Query` of mysql2 gives what the server answers. */
function answer(command: Command, results: readonly ToolResult[]): void {
  const [only] = results;
  const result = results.length === 1 && only !== undefined ? only : (results as ToolResult);
  for (const each of results) {
    command.emit('fields', undefined);
    command.emit('result', each);
  }
  const { onResult } = command;
  if (onResult) process.nextTick(() => onResult.call(command, null, result));
  command.emit('end');
}

function refuse(command: Command, error: Error): void {
  if (command.onResult) command.onResult(error);
  else command.emit('error', error);
  command.emit('end');
}

import type { Carrier } from './carrier.js';
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

const keepAliveMs = 20_000;
const intercepted = new WeakSet<object>();

/**
 * Sends the changes of tables on this connection through alterwise, and bounds the lock waits of its other DDL; the
 * rest passes as it is. While a change is made, what the tool asks next waits in its order.
 */
export function intercept(connection: ToolConnection, carrier: Carrier): void {
  if (intercepted.has(connection)) return;
  intercepted.add(connection);
  carrier.opened?.();
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
    const statements = text === undefined ? [] : carrier.attended(text, connection, session);
    if (statements.length === 0 || command.sql === undefined) {
      carrier.pass?.(command, connection);
      return add(command);
    }
    waiting = [];
    void performAll(statements, session.as(command), carrier)
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
  const needsAttention = (asked: Asked) => {
    const text = typeof asked === 'string' ? asked : asked.sql;
    return carrier.attended(text, connection).length > 0;
  };
  connection.execute = (sql, values, callback) =>
    needsAttention(sql)
      ? connection.query(sql, values, callback)
      : execute.call(connection, sql, values, callback);
  connection.prepare = (sql, callback) => {
    if (!needsAttention(sql)) return prepare.call(connection, sql, callback);
    return prepare.call(connection, 'DO 0', (error, statement) =>
      error ? callback?.(error) : callback?.(null, unprepared(sql, statement, connection)),
    );
  };
}

function textOf({ sql, query, statement }: Command): string | undefined {
  return sql ?? query ?? statement?.query;
}

/**
 * The server takes no parameters in these statements, so that there is nothing to prepare.
 * @param statement a prepared one that does nothing, whose place it takes
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
  carrier: Carrier,
): Promise<Answered[]> {
  // A copy takes hours, and a server ends what is idle for long (wait_timeout).
  const alive = setInterval(() => void session.send('DO 0').catch(() => {}), keepAliveMs).unref();
  const answers: Answered[] = [];
  try {
    for (const statement of statements) {
      answers.push(await carrier.perform(statement, session));
      session.note(statement.kind);
    }
    return answers;
  } finally {
    clearInterval(alive);
  }
}

/** As `Query` of mysql2 gives what the server answers. */
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

/** Who listens hears it: the callback, the command's own listeners, or else those of the connection. */
function refuse(command: Command, error: Error, connection: ToolConnection): void {
  const { onResult } = command;
  process.nextTick(() => {
    if (onResult) onResult.call(command, error);
    else if (command.listenerCount('error') > 0) command.emit('error', error);
    else connection.emit('error', error);
    command.emit('end');
  });
}

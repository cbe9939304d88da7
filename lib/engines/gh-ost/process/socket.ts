import { createConnection } from 'node:net';

/** `absent`: nobody listens there, not yet or no more. `silent`: no answer in time. `broken`: anything else. */
type SocketTrouble = 'absent' | 'silent' | 'broken';

export class SocketError extends Error {
  override readonly name = 'SocketError';
  readonly trouble: SocketTrouble;

  constructor(trouble: SocketTrouble, message: string, cause?: unknown) {
    super(message, { cause });
    this.trouble = trouble;
  }
}

/**
 * Gives gh-ost one of its interactive commands and returns what it answers (go/logic/server.go: one line in, an
 * answer, end). The socket appears when gh-ost has made its tables and reads the binlog.
 * @throws {SocketError}
 */
export function ask(
  socketPath: string,
  command: string,
  { timeoutMs }: { timeoutMs: number },
): Promise<string> {
  if (/[\r\n]/.test(command)) throw new TypeError('A command is one line.');
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const connection = createConnection(socketPath);
    const timer = setTimeout(() => {
      connection.destroy(new SocketError('silent', `gh-ost gave no answer to ${command} in ${timeoutMs} ms`));
    }, timeoutMs);
    connection.on('connect', () => connection.write(`${command}\n`));
    connection.on('data', (part) => parts.push(part));
    connection.on('error', (error) => reject(error instanceof SocketError ? error : explain(error, command)));
    connection.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts).toString()); // has no effect after an error
    });
  });
}

function explain(error: NodeJS.ErrnoException, command: string): SocketError {
  const isAbsent = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
  const why = isAbsent ? 'it does not listen' : error.message;
  return new SocketError(
    isAbsent ? 'absent' : 'broken',
    `gh-ost could not be asked to ${command}: ${why}`,
    error,
  );
}

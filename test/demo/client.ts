import { once } from 'node:events';
import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type RowDataPacket,
} from 'mysql2/promise';

const connectLimitMs = 10_000;

/** Opens a plain client, hands it to `use`, and closes it whatever happens. */
export async function withClient<T>(
  options: ConnectionOptions,
  signal: AbortSignal,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = await createConnection({ connectTimeout: connectLimitMs, ...options });
  // One that is lost between two statements emits an error; the next statement tells it.
  connection.on('error', () => {});
  try {
    return await use(new Client(connection, signal));
  } finally {
    connection.destroy();
  }
}

/** A client that waits for as long as the server lets it, or until the story is stopped. */
export class Client {
  readonly #connection: Connection;
  readonly #signal: AbortSignal;

  constructor(connection: Connection, signal: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
  }

  async ask(sql: string): Promise<RowDataPacket[]> {
    const [rows] = await this.use((connection) => connection.query<RowDataPacket[]>(sql));
    return rows;
  }

  /** The driver never answers on a connection that was closed, so that an abort must be waited for as well. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    const done = new AbortController();
    const stopped = once(this.#signal, 'abort', { signal: done.signal }).then(() => {
      throw this.#signal.reason;
    });
    stopped.catch(() => {}); // mostly nobody waits for it any more
    try {
      return await Promise.race([work(this.#connection), stopped]);
    } finally {
      done.abort();
    }
  }
}

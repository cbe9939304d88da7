import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import { ask } from './ask.js';

const connectLimitMs = 10_000;
/** How long a statement may run on after its client has gone, and its KILL. */
const orphanLimitMs = 60_000;

/** The connection of one writer: opened again where it was lost. */
export class Link {
  readonly #options: ConnectionOptions;
  #open: { connection: Connection; since: number } | undefined;
  /** Connections of this writer that may still be at work in the server. */
  readonly #orphans: { id: number; since: number }[] = [];
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  async get(): Promise<Connection> {
    if (this.#open !== undefined) return this.#open.connection;
    const connection = await createConnection({ connectTimeout: connectLimitMs, ...this.#options });
    // One that is lost between two statements emits an error; the next statement tells it.
    connection.on('error', () => {});
    if (this.#isClosed) {
      connection.destroy();
      throw new Error('the load has ended');
    }
    this.#open = { connection, since: performance.now() };
    return connection;
  }

  /** For good: also a connection that is being opened. */
  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  /**
   * A fresh connection, when nothing runs on the lost ones any more: a server finishes a statement though nobody
   * waits for it.
   */
  async replace(): Promise<Connection> {
    if (this.#open !== undefined)
      this.#orphans.push({ id: this.#open.connection.threadId, since: this.#open.since });
    this.#drop();
    const connection = await this.get();
    for (let orphan = this.#orphans[0]; orphan !== undefined; orphan = this.#orphans[0]) {
      if (!(await startedAfter(connection, orphan.since))) await endOrphan(connection, orphan.id);
      this.#orphans.shift();
    }
    return connection;
  }

  #drop(): void {
    this.#open?.connection.destroy();
    this.#open = undefined;
  }
}

/** Whether the server was started since: what ran before runs no more, and ids begin anew. */
async function startedAfter(connection: Connection, moment: number): Promise<boolean> {
  const [row] = await ask(connection, { sql: "SHOW GLOBAL STATUS LIKE 'Uptime'" });
  return Number(row?.Value) * 1000 < performance.now() - moment - 1_000;
}

async function endOrphan(connection: Connection, id: number): Promise<void> {
  const deadline = performance.now() + orphanLimitMs;
  // Not by information_schema, which MySQL 9.7 cannot read while somebody writes a character of four bytes.
  const isThere = async () =>
    (await ask(connection, { sql: 'SHOW PROCESSLIST' })).some(({ Id }) => Number(Id) === id);
  while (await isThere()) {
    // It may have ended by itself by now.
    await ask(connection, { sql: `KILL ${id}` }).catch(unlessUnknownThread);
    if (performance.now() > deadline) throw new Error(`connection ${id} is still there after its KILL`);
    await sleep(50);
  }
}

function unlessUnknownThread(error: unknown): undefined {
  if (error instanceof Error && 'errno' in error && error.errno === 1094) return undefined;
  throw error;
}

import type { Connection, QueryOptions, ResultSetHeader, RowDataPacket } from 'mysql2/promise';

const limitMs = 120_000;

/**
 * Asks the server, and gives the connection up where no answer comes in time. The driver has a limit of its own,
 * but its timer stays when the connection is lost, and keeps the process alive.
 */
export async function ask<T extends ResultSetHeader | RowDataPacket[] = RowDataPacket[]>(
  connection: Connection,
  question: QueryOptions,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      connection.destroy();
      reject(
        Object.assign(new Error(`no answer within ${limitMs / 1000} s`), {
          code: 'PROTOCOL_SEQUENCE_TIMEOUT',
        }),
      );
    }, limitMs);
  });
  try {
    const [answer] = await Promise.race([connection.query(question), tooLong]);
    return answer as T;
  } finally {
    clearTimeout(timer);
  }
}

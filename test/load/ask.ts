import type { Connection, QueryOptions, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { within } from '../../lib/util/within.js';

const limitMs = 120_000;

/** Asks the server, and gives the connection up where no answer comes in time. */
export async function ask<T extends ResultSetHeader | RowDataPacket[] = RowDataPacket[]>(
  connection: Connection,
  question: QueryOptions,
): Promise<T> {
  const [answer] = await within(limitMs, connection.query(question), () => {
    connection.destroy();
    const error = new Error(`no answer within ${limitMs / 1000} s`);
    return Object.assign(error, { code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
  });
  return answer as T;
}

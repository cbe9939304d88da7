import { type Process, readProcesses } from '../../lib/mysql/processlist.js';
import type { Schema } from '../servers.js';

/** All connections of the server, but for the schema's own. */
export async function processesOf(schema: Pick<Schema, 'query'>): Promise<Process[]> {
  const all = await readProcesses({ rows: (sql) => schema.query(sql) });
  const [own] = await schema.query<{ id: number }>('SELECT CONNECTION_ID() AS id');
  return all.filter(({ id }) => id !== Number(own?.id));
}

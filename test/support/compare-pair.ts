import { type CompareContext, type Comparison, compareTables } from '../../lib/compare/compare.js';
import type { ComparedTables } from '../../lib/compare/sides.js';
import { withSteadyReader } from '../../lib/compare/steady-reader.js';
import { withSession } from '../../lib/mysql/session.js';
import { readShape } from '../../lib/table/shape.js';
import type { Schema, TestServer } from '../servers.js';
import { connectionTo } from './settings.js';

/** What the comparison of table `t` with its copy `g` of this schema says, where nothing is on its way between them. */
export async function comparePair(
  server: TestServer,
  schema: Schema,
  { context, ...changes }: Partial<ComparedTables> & { context?: Partial<CompareContext> } = {},
): Promise<Comparison | undefined> {
  const [original, shadow] = [
    { schema: schema.name, name: 't' },
    { schema: schema.name, name: 'g' },
  ];
  const connection = connectionTo(server);
  const shapes = await withSession(connection, {}, async (session) => ({
    original: await readShape(session, original),
    shadow: await readShape(session, shadow),
  }));
  const flavor = server.kind.startsWith('mariadb') ? 'mariadb' : 'mysql';
  const options = {
    deadline: performance.now() + 60_000,
    signal: new AbortController().signal,
    setUp: ["SET SESSION time_zone='+00:00'"],
  };
  return withSteadyReader({ flavor }, connection, options, (reader) =>
    compareTables(
      { original, shadow, shapes, renames: [], drops: new Set(), key: ['id'], ...changes },
      {
        reader,
        throttle: async () => {},
        stride: () => 1,
        utc: true,
        caughtUp: async () => {},
        report: () => {},
        ...context,
      },
    ),
  );
}

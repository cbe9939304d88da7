import { type CompareContext, compareCopy } from '../../lib/compare/compare.js';
import type { Copy } from '../../lib/compare/sides.js';
import { withSteadyReader } from '../../lib/compare/steady-reader.js';
import type { Comparison } from '../../lib/compare/suspects.js';
import { withSession } from '../../lib/mysql/session.js';
import { readShape } from '../../lib/table/shape.js';
import type { Schema, TestServer } from '../servers.js';
import { connectionTo } from './settings.js';

/** What the comparison of table `t` with its copy `g` of this schema says, where nothing is on its way between them. */
export async function comparePair(
  server: TestServer,
  schema: Schema,
  { context, ...changes }: Partial<Copy> & { context?: Partial<CompareContext> } = {},
): Promise<Comparison | undefined> {
  const [original, copy] = [
    { schema: schema.name, name: 't' },
    { schema: schema.name, name: 'g' },
  ];
  const connection = connectionTo(server);
  const shapes = await withSession(connection, {}, async (session) => ({
    original: await readShape(session, original),
    copy: await readShape(session, copy),
  }));
  const flavor = server.kind.startsWith('mariadb') ? 'mariadb' : 'mysql';
  const options = {
    deadline: performance.now() + 60_000,
    signal: new AbortController().signal,
    setUp: ["SET SESSION time_zone='+00:00'"],
  };
  return withSteadyReader({ flavor }, connection, options, (reader) =>
    compareCopy(
      { original, copy, shapes, renames: [], drops: new Set(), key: ['id'], ...changes },
      {
        reader,
        giveWay: async () => {},
        stride: () => 1,
        utc: true,
        caughtUp: async () => {},
        tell: () => {},
        ...context,
      },
    ),
  );
}

import t, { type Test } from 'tap';
import { harmsOf } from '../../../lib/checks/changed-values.js';
import { type Harm, harms } from '../../../lib/checks/conversions/harms.js';
import { parseVersion } from '../../../lib/inspect/capabilities.js';
import { kindOf } from '../../../lib/table/column-kind.js';
import { readColumns } from '../../../lib/table/shape.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { sessionFor } from '../../support/probing.js';
import { type Conversion, conversions } from './matrix.js';
import { convert, type Outcome } from './outcome.js';

t.test('a predicate is true for exactly the values that a conversion harms', async (t) => {
  t.ok(conversions.length >= 60);
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await schema.query(`ALTER DATABASE ${schema.name} CHARACTER SET utf8mb4`);
    const [mode] = await session.rows<{ mode: string }>('SELECT @@SESSION.sql_mode AS mode');
    const judge = await judgeFor(schema, session, server);
    for (const conversion of conversions) {
      const { before, after } = conversion;
      const found = await judge(before, after);
      if (found === undefined) {
        t.fail(`${before} to ${after} is not judged`);
        continue;
      }
      for (const [literal, isHarmed] of valuesOf(conversion, server)) {
        const outcome = await convert(schema, mode?.mode ?? '', before, after, literal);
        const said = await askAbout(schema, before, literal, found);
        compare(t, `${before} to ${after}, ${literal}`, isHarmed, outcome, said);
      }
    }
  });
});

/** What the table says of a value, and what the server did to it. */
function compare(
  t: Test,
  name: string,
  isHarmed: boolean,
  outcome: Outcome,
  said: readonly Harm['id'][],
): void {
  t.equal(outcome.harmed, isHarmed, `${name}: ${outcome.text}`);
  t.equal(said.length > 0, outcome.harmed, `${name}: [${said.join(', ')}], ${outcome.text}`);
  // What may be accepted must be possible: a direct ALTER takes it.
  const isAcceptable = said.length > 0 && said.every((id) => !harms[id].final && id !== 'not-a-time');
  if (isAcceptable) t.equal(outcome.refused, false, `${name}: may be accepted, ${outcome.text}`);
}

function valuesOf(conversion: Conversion, { kind }: TestServer): [literal: string, isHarmed: boolean][] {
  const here = (kind.startsWith('mysql') ? conversion.mysql : conversion.mariadb) ?? {};
  return [
    ...[...conversion.harmed, ...(here.harmed ?? [])].map((literal): [string, boolean] => [literal, true]),
    ...[...conversion.fine, ...(here.fine ?? [])].map((literal): [string, boolean] => [literal, false]),
  ];
}

/** The harms of a conversion between two types, as the server itself describes them. */
async function judgeFor(
  schema: Schema,
  session: Awaited<ReturnType<typeof sessionFor>>,
  { kind }: TestServer,
) {
  const types = [...new Set(conversions.flatMap(({ before, after }) => [before, after]))];
  const columns = types.map((type, index) => `c${index} ${type} NULL`);
  await schema.query(`CREATE TABLE kinds (${columns.join(', ')})`);
  const described = await readColumns(session, { schema: schema.name, name: 'kinds' });
  const [row] = await session.rows<{ version: string }>('SELECT VERSION() AS version');
  const flavor = kind.startsWith('mysql') ? ('mysql' as const) : ('mariadb' as const);
  const server = { flavor, version: parseVersion(row?.version ?? '') };
  const kindNamed = (type: string) => {
    const column = described[types.indexOf(type)];
    if (column === undefined) throw new Error(type);
    return type === 'JSON' ? ({ family: 'json' } as const) : kindOf(column);
  };
  return async (before: string, after: string) =>
    harmsOf({ column: '`c`', before: kindNamed(before), after: kindNamed(after), server });
}

/** On a table with this value and a NULL, which nothing harms. */
async function askAbout(
  schema: Schema,
  type: string,
  literal: string,
  found: readonly Harm[],
): Promise<Harm['id'][]> {
  await schema.query(`CREATE TEMPORARY TABLE v (c ${type} NULL)`);
  try {
    await schema.query(`INSERT INTO v VALUES (${literal}), (NULL)`);
    const said: Harm['id'][] = [];
    for (const { id, offends } of found) {
      const rows = await schema.query<{ c: unknown }>(`SELECT c FROM v WHERE ${offends}`);
      if (rows.some(({ c }) => c === null)) throw new Error(`${id} of a NULL: ${offends}`);
      if (rows.length > 0) said.push(id);
    }
    return said;
  } finally {
    await schema.query('DROP TEMPORARY TABLE v');
  }
}

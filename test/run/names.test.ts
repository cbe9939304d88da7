import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { quoteName, quoteTable } from '../../lib/sql/names.js';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { severalAtOnce } from '../support/at-once.js';
import { ghostRequest, ghostsOn, leftOnMachine, privateTemp, resultOf } from '../support/ghost-stage.js';

privateTemp(t);
const long = 'a_name_of_sixty_four_characters_which_is_as_long_as_a_name_may_be';

interface Names {
  table?: string;
  column?: string;
  /** Of the schema, after which something random follows. */
  schema?: string;
  /** Why gh-ost cannot; absent where it can. */
  refused?: RegExp;
}

const cases: Record<string, Names> = {
  spaces: { table: 'my orders', column: 'the amount' },
  'a reserved word': { table: 'select', column: 'order' },
  'a reserved word with a dot': { table: 'group.by', column: 'key.s' },
  'a dash': { table: 'orders-2026', column: 'amount-in-cents', schema: 'aw-dash' },
  unicode: { table: 'größe', column: 'ütf_ñ' },
  'unicode beyond the alphabet': { table: '注文', column: '金額' },
  'sixty-four characters': { table: long.slice(0, 64), column: long.slice(0, 64) },
  'fifty-eight bytes, cut between two characters': { table: 'ß'.repeat(29), column: 'ß'.repeat(64) },
  'a hundred and twenty-eight bytes': { table: 'ß'.repeat(64), refused: /in the middle of a character/ },
  'a back-tick in the table': { table: 'or`ders', refused: /cannot use a table called or`ders/ },
  'a back-tick in the column': { column: 'a`b', refused: /cannot use a column called a`b/ },
  quotes: { table: `it's "so"`, refused: /cannot use a table called/ },
  'percent and underscore': { table: '100%_of_it', refused: /cannot use a table called/ },
  'a space in the schema': { schema: 'aw with space', refused: /cannot use a schema called/ },
  'a dollar': { table: 'or$ders', column: '$amount' },
  'digits only': { table: '2026', column: '1' },
};

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  const { path } = await installGhost();
  const main = await freshSchema(t, server);

  const schemas = await severalAtOnce(t, Object.entries(cases), async (t, each) => {
    const { table = 'orders', column = 'amount', schema: prefix, refused } = each;
    const schema =
      prefix === undefined ? (await freshSchema(t, server)).name : await another(t, main, prefix);
    const place = { schema, name: table };
    const name = quoteTable(place);
    await main.query(`CREATE TABLE ${name} (id INT PRIMARY KEY, ${quoteName(column)} INT)`);
    await main.query(`INSERT INTO ${name} VALUES (1, 10), (2, 20)`);
    const definition = async () => {
      const [row] = await main.query<{ 'Create Table': string }>(`SHOW CREATE TABLE ${name}`);
      return row?.['Create Table'] ?? '';
    };

    const direct = ghostRequest(
      server,
      `ALTER TABLE ${name} ADD COLUMN ${quoteName(`${column.slice(0, 60)}_2`)} INT`,
      path,
      {
        settings: { strategy: 'auto' },
      },
    );
    t.match(
      await resultOf(direct),
      { outcome: 'done', exitCode: 0, strategy: 'instant' },
      'directly it works',
    );
    const before = await definition();

    const viaGhost = ghostRequest(server, `ALTER TABLE ${name} MODIFY ${quoteName(column)} BIGINT`, path);
    const result = await resultOf(viaGhost);
    if (refused === undefined) {
      t.match(result, { outcome: 'done', exitCode: 0, strategy: 'gh-ost' }, 'and through gh-ost');
      const changed = before.replace(`${quoteName(column)} int`, `${quoteName(column)} bigint`);
      t.equal(await definition(), changed);
    } else {
      t.match(result, { outcome: 'refused', exitCode: 4, reason: { id: 'ghost-name', text: refused } });
      t.match(result.next, '--strategy direct');
      t.equal(await definition(), before);
    }
    const rows = await main.query(`SELECT ${quoteName(column)} AS v FROM ${name} ORDER BY id`);
    t.same(rows, [{ v: 10 }, { v: 20 }]);
    const tables = await main.query<{ name: string }>(
      'SELECT CONCAT(TABLE_SCHEMA, ".", TABLE_NAME) AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=?',
      [schema],
    );
    const others = tables.map(({ name }) => name).filter((each) => each !== `${schema}.${table}`);
    t.same(others, refused === undefined ? [result.oldTable] : [], 'the old table, and nothing else');
    return schema;
  });
  t.same(await leftOnMachine(main), [], 'no folder');
  for (const schema of schemas) t.same(await ghostsOn(schema), [], 'no process');
});

async function another(t: Test, main: Schema, prefix: string): Promise<string> {
  const name = `${prefix} ${randomBytes(3).toString('hex')}`.replace(' ', prefix.includes(' ') ? ' ' : '-');
  await main.query(`CREATE DATABASE ${quoteName(name)}`);
  t.teardown(() => main.connect().then((connection) => connection.query(`DROP DATABASE ${quoteName(name)}`)));
  return name;
}

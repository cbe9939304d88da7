import t from 'tap';
import { partsOf, readTable, writeTable } from '../../lib/table/definition.js';
import { asKept, comparable, sameDefinition } from '../../lib/table/forms.js';
import { creates, recordedDefinitions } from '../fixtures/definitions.js';
import { serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema } from '../servers.js';
import { recordDefinitions } from '../support/record-definitions.js';

t.test('what every server says of every kind of table is read, and written back unchanged', async (t) => {
  let read = 0;
  const distinct = new Set<string>();
  for (const kind of serverKinds) {
    const recorded = recordedDefinitions(kind);
    t.same(
      recorded.map(({ create }) => create),
      creates,
      `${kind}: recorded again after a change of the statements`,
    );
    for (const { create, definition } of recorded) {
      if (definition === undefined) continue;
      const table = readTable(definition);
      if (table === undefined) throw new Error(`${kind}: not read: ${create}`);
      const kept = asKept(table);
      const again = readTable(kept);
      const faults = [
        ...(writeTable(table) === escaped(definition) ? [] : ['is not written back']),
        ...(table.parts.some(({ what }) => what === 'other') ? ['has a part of no known kind'] : []),
        ...(table.options.named.has('ENGINE') ? [] : ['has no engine']),
        ...(again !== undefined && asKept(again) === kept ? [] : ['is not written back without commas']),
        ...(sameDefinition(kept, definition, true) ? [] : ['is another one without commas']),
        ...(comparable(comparable(definition)) === comparable(definition) ? [] : ['is not comparable']),
      ];
      if (faults.length > 0) t.fail(`${kind}: ${create}`, { faults, definition });
      read++;
      distinct.add(definition);
    }
  }
  t.ok(read >= 600, `${read} definitions`);
  t.ok(distinct.size >= 200, `${distinct.size} distinct ones`);
});

/** What MariaDB writes for these names is not valid: backticks in them are not doubled. */
function escaped(definition: string): string {
  return definition.replace('CONSTRAINT `f`k`', 'CONSTRAINT `f``k`').replace('(`i`d`)', '(`i``d`)');
}

t.test('what a part says is read out of it', async (t) => {
  const definitions = recordedDefinitions('mysql-9.7');
  const definitionOf = (start: string) =>
    definitions.find(({ create }) => create.startsWith(start))?.definition ?? '';
  t.same(
    partsOf(definitionOf('CREATE TABLE `t``(`'), 'column').map(({ name }) => name),
    [')', ',', 'a`b, c', "'", '"', '--', '/*'],
  );
  t.same(
    partsOf(definitionOf('CREATE TABLE `new\nline`'), 'key').map(({ name, items }) => [name, items]),
    [['k\n(', [{ column: 'a\nb', hasPrefix: false }]]],
  );
  t.match(partsOf(definitionOf('CREATE TABLE t (a INT, CONSTRAINT fk FOREIGN KEY (a) REFERENCES else')), [
    { what: 'column', name: 'a', type: 'int', nullable: true },
    { what: 'key', name: 'fk', type: 'INDEX', itemsSql: '`a`', body: 'KEY (`a`)' },
    {
      what: 'foreign-key',
      name: 'fk',
      columns: ['a'],
      parent: { schema: 'elsewhere', name: 'p' },
      parentColumns: ['id'],
      actions: 'ON UPDATE CASCADE',
      body: 'FOREIGN KEY (`a`) REFERENCES `elsewhere`.`p` (`id`) ON UPDATE CASCADE',
    },
  ]);
  t.match(partsOf(definitionOf('CREATE TABLE t (a INT, CONSTRAINT ck CHECK (a > 0) NOT ENFORCED'), 'check'), [
    { name: 'ck', expression: '(`a` > 0)', enforced: false, body: /^CHECK / },
  ]);
  t.match(
    partsOf(definitionOf("CREATE TABLE t (a INT, CONSTRAINT ck CHECK (a <> 'NOT ENFORCED')"), 'check'),
    [{ enforced: true }],
  );
  t.match(partsOf(definitionOf('CREATE TABLE t (a INT, c INT AS (a + 1) STORED'), 'column')[1], {
    generated: 'stored',
    expression: '(`a` + 1)',
    nullable: false,
  });
  t.match(
    partsOf(
      definitionOf('CREATE TABLE t (id INT NOT NULL, a INT, b VARCHAR(90), c TEXT, KEY k ((CONCAT'),
      'key',
    ),
    [{ items: [{ expression: /^concat\(`b`,/ }, { column: 'a' }] }],
  );
  t.match(
    partsOf(
      definitionOf('CREATE TABLE t (id INT NOT NULL, a INT, b VARCHAR(90), c TEXT, UNIQUE KEY u (a) INV'),
    ),
    { 4: { unique: true, hidden: 'INVISIBLE' } },
  );
});

t.test('options and partitions are read', async (t) => {
  const of = (kind: (typeof serverKinds)[number], part: string) =>
    readTable(recordedDefinitions(kind).find(({ create }) => create.includes(part))?.definition ?? '');
  t.equal(of('mysql-9.7', 'AUTO_INCREMENT=4711')?.options.named.get('AUTO_INCREMENT')?.value, '4711');
  t.equal(of('mariadb-11.4', ') WITH SYSTEM VERSIONING')?.options.words, 'WITH SYSTEM VERSIONING');
  t.match(of('mysql-9.7', 'UNION=(m1, m2)')?.options.named.get('UNION')?.value, /`m1`,\s*`m2`/);
  for (const kind of serverKinds) {
    t.match(of(kind, 'RANGE COLUMNS (d, b)')?.partitioning, {
      method: 'RANGE',
      expression: /d`?,\s*`?b/,
      sql: /^PARTITION BY RANGE\s+COLUMNS\s*\([\s\S]*\)$/,
      partitions: [
        { name: 'p0', values: /^'2024-01-01',\s*'it/, takesRest: false },
        { name: 'p1', values: /^MAXVALUE,\s*MAXVALUE$/, takesRest: false },
      ],
    });
    t.match(of(kind, 'VALUES LESS THAN MAXVALUE')?.partitioning?.partitions, [
      { values: '10', takesRest: false },
      { name: 'p1', takesRest: true },
    ]);
    t.match(of(kind, 'LINEAR HASH')?.partitioning, { method: 'HASH', partitions: [] });
  }
  t.match(of('mariadb-11.4', 'PARTITION pd DEFAULT')?.partitioning?.partitions, { 1: { takesRest: true } });
});

t.test('the servers still say what was recorded', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const other = await freshSchema(t, server);
    // Not those that need a place outside the schema.
    const sample = creates.filter((create, at) => at % 6 === 0 && !/DIRECTORY|ENCRYPTED=YES/.test(create));
    const place = { name: schema.name, elsewhere: other.name, query: (sql: string) => schema.query(sql) };
    const recorded = recordedDefinitions(server.kind).filter(({ create }) => sample.includes(create));
    t.same(await recordDefinitions(place, sample), recorded);
  });
});

import t from 'tap';
import { listsViewsByTable } from '../../lib/inspect/capabilities.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { inspectTable, type TableFacts } from '../../lib/inspect/table.js';
import { serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { sessionFor } from '../support/probing.js';
import { nothingWasChanged } from '../support/texts.js';

/** Inspects tables of the schema, as alterwise does. */
async function inspector(t: Parameters<typeof sessionFor>[0], server: TestServer, schema: Schema) {
  const session = await sessionFor(t, server);
  const facts = await inspectServer(session);
  const inspect = (name: string, of = schema.name): Promise<TableFacts> =>
    inspectTable(session, facts, { schema: of, name });
  return { session, facts, inspect };
}

const quote = (name: string) => `\`${name.replaceAll('`', '``')}\``;

t.test('columns and indexes', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const { inspect, facts } = await inspector(t, server, schema);
    await schema.query(`CREATE TABLE t (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      a VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'x' COMMENT 'what',
      b TEXT, e ENUM('p','q') DEFAULT NULL, g INT AS (LENGTH(a)) VIRTUAL,
      PRIMARY KEY (id), UNIQUE KEY uq (a, e), KEY pre (b(10)), FULLTEXT KEY ft (b)) DEFAULT CHARSET=latin1`);
    const { columns, indexes, engine, definition, partitioned } = await inspect('t');
    t.match(definition, /^CREATE TABLE `t` \(/);
    t.match({ engine, partitioned }, { engine: 'InnoDB', partitioned: false });
    t.match(columns, [
      {
        name: 'id',
        type: /^bigint(\(20\))? unsigned$/,
        dataType: 'bigint',
        nullable: false,
        extra: 'auto_increment',
      },
      {
        name: 'a',
        type: 'varchar(64)',
        charset: 'utf8mb4',
        collation: 'utf8mb4_bin',
        nullable: false,
        default: /x/,
        generated: false,
        comment: 'what',
      },
      { name: 'b', type: 'text', charset: 'latin1', nullable: true },
      { name: 'e', type: "enum('p','q')", nullable: true },
      { name: 'g', generated: true },
    ]);
    const brief = indexes.map(({ name, unique, type, parts }) => ({
      name,
      unique,
      type,
      parts: parts.map((part) => [part.column, part.prefix, part.nullable]),
    }));
    t.same(
      brief.sort((a, b) => a.name.localeCompare(b.name)),
      [
        { name: 'ft', unique: false, type: 'FULLTEXT', parts: [['b', undefined, true]] },
        { name: 'pre', unique: false, type: 'BTREE', parts: [['b', 10, true]] },
        { name: 'PRIMARY', unique: true, type: 'BTREE', parts: [['id', undefined, false]] },
        {
          name: 'uq',
          unique: true,
          type: 'BTREE',
          parts: [
            ['a', undefined, false],
            ['e', undefined, true],
          ],
        },
      ],
    );
    if (listsViewsByTable(facts)) {
      await schema.query('ALTER TABLE t ADD INDEX f ((LENGTH(b)), a DESC)');
      t.match((await inspect('t')).indexes.find(({ name }) => name === 'f')?.parts, [
        { expression: /length/, column: undefined },
        { column: 'a', descending: true },
      ]);
    }
  });
});

t.test('rows are counted where that is cheap, and estimated afresh where it is not possible', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const { inspect } = await inspector(t, server, schema);
    await schema.query('CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(200))');
    t.same((await inspect('t')).rows, { count: 0, exact: true });
    // Whoever asks now lets MySQL 8 remember the empty table for a day.
    await schema.query('SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA=?', [
      schema.name,
    ]);
    await schema.query("INSERT INTO t (a) VALUES (REPEAT('x', 200))");
    for (let n = 0; n < 12; n++) await schema.query('INSERT INTO t (a) SELECT a FROM t');
    t.same((await inspect('t')).rows, { count: 4_096, exact: true });
    const holder = await schema.connect();
    await holder.query('LOCK TABLES t WRITE');
    const { rows, size } = await inspect('t');
    t.equal(rows?.exact, false);
    t.ok(rows && rows.count > 1_500 && rows.count < 10_000, `about ${rows?.count} rows`);
    t.ok((size.fileBytes ?? 0) > 500_000, `${size.fileBytes} bytes`);
  });
});

t.test('foreign keys in both directions, whatever the names', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const elsewhere = `${schema.name} é-2`;
    await schema.query(`CREATE DATABASE ${quote(elsewhere)}`);
    t.teardown(async () => {
      await schema.query('SET foreign_key_checks=0');
      await schema.query(`DROP DATABASE ${quote(elsewhere)}`);
    });
    const { inspect } = await inspector(t, server, schema);
    for (const name of ['plain', 'with space-and#', 'größe', '漢字', 'back`tick', 'select']) {
      const [parent, child, far] = [name, `${name} child`, `far ${name}`];
      await schema.query(`CREATE TABLE ${quote(parent)} (id INT PRIMARY KEY, up INT,
        CONSTRAINT ${quote(`self ${name}`)} FOREIGN KEY (up) REFERENCES ${quote(parent)} (id))`);
      await schema.query(`CREATE TABLE ${quote(child)} (id INT PRIMARY KEY, p INT, q INT,
        CONSTRAINT ${quote(`fk 1 ${name}`)} FOREIGN KEY (p) REFERENCES ${quote(parent)} (id),
        CONSTRAINT ${quote(`fk 2 ${name}`)} FOREIGN KEY (q) REFERENCES ${quote(parent)} (id))`);
      await schema.query(`CREATE TABLE ${quote(elsewhere)}.${quote(far)} (id INT PRIMARY KEY, p INT,
        CONSTRAINT ${quote(`far ${name}`)} FOREIGN KEY (p) REFERENCES ${quote(schema.name)}.${quote(parent)} (id))`);
      const here = (table: string) => ({ schema: schema.name, name: table });
      const there = { schema: elsewhere, name: far };
      const { incoming, outgoing } = (await inspect(parent)).foreignKeys;
      t.same(
        [...incoming].sort((a, b) => a.name.localeCompare(b.name)),
        [
          { name: `far ${name}`, child: there, parent: here(parent) },
          { name: `fk 1 ${name}`, child: here(child), parent: here(parent) },
          { name: `fk 2 ${name}`, child: here(child), parent: here(parent) },
          { name: `self ${name}`, child: here(parent), parent: here(parent) },
        ],
        `${name}, pointed at`,
      );
      t.same(
        outgoing,
        [{ name: `self ${name}`, child: here(parent), parent: here(parent) }],
        `${name}, pointing`,
      );
      const ofFar = (await inspect(far, elsewhere)).foreignKeys;
      t.same(ofFar, {
        incoming: [],
        outgoing: [{ name: `far ${name}`, child: there, parent: here(parent) }],
      });
    }
    await schema.query('CREATE TABLE lonely (id INT PRIMARY KEY)');
    t.same((await inspect('lonely')).foreignKeys, { incoming: [], outgoing: [] });
  });
});

t.test('triggers, views and partitions', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const { inspect } = await inspector(t, server, schema);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT) PARTITION BY HASH (id) PARTITIONS 2');
    await schema.query('CREATE TABLE t2 (id INT PRIMARY KEY, a INT)');
    await schema.query('CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = NEW.a + 1');
    await schema.query('CREATE TRIGGER tr2 BEFORE INSERT ON t2 FOR EACH ROW SET NEW.a = 0');
    await schema.query('CREATE VIEW v AS SELECT id, a AS b FROM t');
    await schema.query('CREATE VIEW v2 AS SELECT id FROM t2');
    const facts = await inspect('t');
    t.match(facts, {
      partitioned: true,
      triggers: [{ name: 'tr', when: 'BEFORE INSERT', statement: 'SET NEW.a = NEW.a + 1' }],
    });
    t.equal(facts.triggers.length, 1);
    t.match(facts.views, [{ schema: schema.name, name: 'v', definition: /`a` AS `b`/ }]);
    t.equal(facts.views?.length, 1);
    t.match(await inspect('t2'), {
      partitioned: false,
      triggers: [{ name: 'tr2' }],
      views: [{ name: 'v2' }],
    });
  });
});

t.test('row versions, where a server counts them', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const { inspect } = await inspector(t, server, schema);
    const name = 'with space';
    await schema.query(`CREATE TABLE ${quote(name)} (id INT PRIMARY KEY)`);
    await schema.query(`INSERT INTO ${quote(name)} VALUES (1)`);
    await schema.query(`ALTER TABLE ${quote(name)} ADD COLUMN a INT`);
    await schema.query(`ALTER TABLE ${quote(name)} ADD COLUMN b INT FIRST`);
    t.equal((await inspect(name)).rowVersions, server.kind === 'mysql-9.7' ? 2 : undefined);
  });
});

t.test('what is not a table, or not there', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const { inspect } = await inspector(t, server, schema);
    await schema.query('CREATE TABLE investments (id INT PRIMARY KEY)');
    await schema.query('CREATE TABLE investors (id INT PRIMARY KEY)');
    await schema.query('CREATE VIEW v AS SELECT id FROM investors');
    const fault = (name: string, of?: string) => inspect(name, of).catch((error: unknown) => error);
    t.match(await fault('investmnets'), {
      id: 'no-such-table',
      exitCode: 2,
      message: /There is no table investmnets in the schema aw_/,
      state: nothingWasChanged,
      next: /^Did you mean investments/,
    });
    t.match(await fault('zzzzzzzzz'), { id: 'no-such-table', next: /^Check the name/ });
    t.match(await fault('investors', schema.name.slice(0, -1)), {
      id: 'no-such-schema',
      exitCode: 2,
      next: new RegExp(`Did you mean .*${schema.name}`),
    });
    t.match(await fault('v'), { id: 'not-a-table', exitCode: 2, message: /is a view, not a table/ });
    t.match(await fault('TABLES', 'information_schema'), { id: 'not-a-table', exitCode: 2 });
  });
});

t.test('an inspection does not cost more beside a thousand tables', async (t) => {
  await forEachServer(t, ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const { session, inspect } = await inspector(t, server, schema);
    await schema.query('CREATE TABLE o (id INT PRIMARY KEY)');
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES o (id))');
    await schema.query('CREATE VIEW v AS SELECT id FROM t');
    const questions = async () => {
      const [row] = await session.rows<{ Value: string }>("SHOW SESSION STATUS LIKE 'Questions'");
      return Number(row?.Value);
    };
    const measure = async () => {
      const before = await questions();
      const times: number[] = [];
      for (let n = 0; n < 7; n++) {
        const start = performance.now();
        await inspect('t');
        times.push(performance.now() - start);
      }
      return { statements: (await questions()) - before, ms: Math.min(...times) };
    };
    await measure();
    const alone = await measure();
    const connections = await Promise.all([
      schema.connect(),
      schema.connect(),
      schema.connect(),
      schema.connect(),
    ]);
    await Promise.all(
      connections.map(async (connection, part) => {
        for (let n = part; n < 1_000; n += connections.length)
          await connection.query(`CREATE TABLE other_${n} (id INT PRIMARY KEY) STATS_PERSISTENT=0`);
      }),
    );
    await measure();
    const among = await measure();
    t.equal(among.statements, alone.statements, `${alone.statements} statements`);
    // Where views are not kept by table their names are looked through; to open a thousand tables takes far longer.
    t.ok(among.ms < 3 * alone.ms + 50, `${alone.ms.toFixed(1)} ms, and ${among.ms.toFixed(1)} ms`);
  });
});

import t from 'tap';
import { serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema } from '../servers.js';
import { probeAlter, sessionFor } from '../support/probing.js';

const create = `CREATE TABLE t (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  a INT NOT NULL, a2 INT, a3 INT, n BIGINT, tiny TINYINT,
  b VARCHAR(40), b2 VARCHAR(40), one CHAR(1),
  d DATETIME, day DATE, e ENUM('x','y') NOT NULL, flag BOOL,
  m DECIMAL(8,3), f DOUBLE, raw VARBINARY(16), j JSON,
  last BIGINT, v INT AS (a + 1) VIRTUAL) DEFAULT CHARSET=utf8mb4`;

/** What moves, what is lost. */
const cases: [alter: string, renames: string, lost: string][] = [
  ['ADD COLUMN z INT', '', ''],
  ['DROP COLUMN b', '', ''],
  ['DROP COLUMN b, ADD COLUMN z VARCHAR(40)', '', ''],

  // The same name, and nothing left in it
  ['DROP COLUMN b, ADD COLUMN b VARCHAR(40)', '', 'b'],
  ['DROP COLUMN b, ADD COLUMN b VARCHAR(40) AFTER one', '', 'b'],
  ['DROP COLUMN b, ADD COLUMN b INT NOT NULL DEFAULT 7', '', 'b'],
  ['DROP COLUMN flag, ADD COLUMN flag BOOL', '', 'flag'],
  ['DROP COLUMN d, ADD COLUMN d DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP', '', 'd'],
  ['DROP COLUMN one, DROP COLUMN m, ADD COLUMN m DECIMAL(8,3), ADD COLUMN one CHAR(1)', '', 'one m'],
  ['DROP COLUMN a2, CHANGE a3 a2 INT', 'a3>a2', 'a2'],
  ["MODIFY e ENUM('u','w') NOT NULL", '', 'e'],

  // Another name
  ['CHANGE a2 z INT', 'a2>z', ''],
  ['CHANGE a2 z BIGINT NOT NULL', 'a2>z', ''],
  ['CHANGE n z VARCHAR(30)', 'n>z', ''],
  ['CHANGE b z INT', 'b>z', ''],
  ['CHANGE m z DECIMAL(12,5)', 'm>z', ''],
  ['CHANGE raw z VARBINARY(64)', 'raw>z', ''],
  ['CHANGE a2 a3 INT, CHANGE a3 a2 INT', 'a2>a3 a3>a2', ''],
  ['CHANGE a2 a3 INT, CHANGE a3 n INT, CHANGE n a2 INT', 'a2>a3 a3>n n>a2', ''],
  ['CHANGE b b2 VARCHAR(40), CHANGE b2 b VARCHAR(40), ADD COLUMN z INT', 'b>b2 b2>b', ''],
  ['CHANGE d z DATE', '', ''],

  // Another type: what fits, stays
  ['MODIFY a BIGINT NOT NULL', '', ''],
  ['MODIFY last TINYINT', '', ''],
  ['MODIFY last SMALLINT UNSIGNED', '', ''],
  ['MODIFY last DECIMAL(3,1)', '', ''],
  ['MODIFY last VARCHAR(2)', '', ''],
  ['MODIFY b CHAR(1)', '', ''],
  ['MODIFY b TEXT', '', ''],
  ['MODIFY b INT', '', ''],
  ['MODIFY b DATE', '', ''],
  ['MODIFY b DATETIME', '', ''],
  ["MODIFY b ENUM('x','y','z')", '', ''],
  ['MODIFY b JSON', '', ''],
  ['MODIFY a DATE NOT NULL', '', ''],
  ['MODIFY d DATE', '', ''],
  ['MODIFY d TIME', '', ''],
  ['MODIFY day DATETIME', '', ''],
  ['MODIFY d VARCHAR(40)', '', ''],
  ['MODIFY f INT', '', ''],
  ["MODIFY e ENUM('y','x') NOT NULL", '', ''],
  ["MODIFY e VARCHAR(10) NOT NULL DEFAULT ''", '', ''],
  ['MODIFY v INT AS (a + 2) VIRTUAL', '', ''],
  ['CONVERT TO CHARACTER SET latin1', '', ''],
  ['ADD UNIQUE INDEX (flag)', '', ''],
  ['ADD PRIMARY KEY (tiny), DROP PRIMARY KEY, MODIFY id INT', '', ''],
];

t.test('what becomes of values is followed, whatever the change is called', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await schema.query(create);
    for (const [alter, renames, lost] of cases) {
      const probe = await probeAlter(session, server, schema, alter);
      if (probe.kind !== 'applies' || probe.tracer.kind !== 'known') {
        t.fail(`${alter}: ${JSON.stringify(probe).slice(0, 400)}`);
        continue;
      }
      const { tracer } = probe;
      const moved = tracer.renames.map(({ from, to }) => `${from}>${to}`).join(' ');
      t.same([moved, tracer.lost.join(' ')], [renames, lost], alter);
    }
  });
});

t.test('a table whose rows cannot be made up is not said to be safe', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await schema.query("CREATE TABLE t (id INT PRIMARY KEY, b VARCHAR(40), CHECK (b LIKE 'x-%'))");
    const probe = await probeAlter(session, server, schema, 'DROP COLUMN b, ADD COLUMN b VARCHAR(40)');
    t.match(probe, { kind: /rejected|applies/ });
    const alter = 'ADD COLUMN c INT';
    t.match(await probeAlter(session, server, schema, alter), {
      kind: 'applies',
      tracer: { kind: 'unknown' },
    });
  });
});

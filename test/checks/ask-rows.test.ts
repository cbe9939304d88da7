import t from 'tap';
import { forEachServer, freshSchema } from '../servers.js';
import { asker, makeNumbers, rowsWhere } from '../support/asking.js';

const servers = ['mysql-9.7', 'mariadb-10.11'] as const;

const keys: Readonly<Record<string, { columns: string; key: string; select: string; sample: RegExp }>> = {
  integer: {
    columns: 'id INT NOT NULL',
    key: 'PRIMARY KEY (id)',
    select: 'i',
    sample: /^id=\d+$/,
  },
  'integer with gaps and signs': {
    columns: 'id BIGINT NOT NULL',
    key: 'PRIMARY KEY (id)',
    select: '(i - 8000) * IF(i % 2, 1, 100000000000)',
    sample: /^id=-?\d+$/,
  },
  'large unsigned integer': {
    columns: 'id BIGINT UNSIGNED NOT NULL',
    key: 'PRIMARY KEY (id)',
    select: '18446744073709551615 - i',
    sample: /^id=184467\d+$/,
  },
  'two columns': {
    columns: 'a INT NOT NULL, b INT NOT NULL',
    key: 'PRIMARY KEY (a, b)',
    select: 'i % 3, i',
    sample: /^a=\d, b=\d+$/,
  },
  'text of any case and quotes': {
    columns: 'a VARCHAR(40) NOT NULL',
    key: 'PRIMARY KEY (a)',
    select: "CONCAT(CHAR(65 + i % 50), '\\\\''ß', i)",
    sample: /^a=.+$/,
  },
  'latin1 and a date': {
    columns: 'a CHAR(10) CHARACTER SET latin1 NOT NULL, d DATETIME(3) NOT NULL',
    key: 'PRIMARY KEY (a, d)',
    select: "CONCAT('é', i % 7), '2024-01-01 00:00:00.125' + INTERVAL i MINUTE",
    sample: /^a=é\d, d=2024-.+\.125$/,
  },
  'bytes and decimals': {
    columns: 'a VARBINARY(8) NOT NULL, m DECIMAL(20,3) NOT NULL',
    key: 'UNIQUE (a, m)',
    select: 'UNHEX(LPAD(HEX(i % 300), 4, 0)), -i / 7',
    sample: /^a=0x[0-9a-f]{4}, m=-\d+\.\d{3}$/,
  },
  'one that cannot be walked along': {
    columns: "e ENUM('x','a') NOT NULL, b INT NOT NULL",
    key: 'PRIMARY KEY (e, b)',
    select: '1 + i % 2, i',
    sample: /^v=-1$/,
  },
  'one that is out of sight': {
    columns: "e ENUM('x','a') NOT NULL, b INT NOT NULL",
    key: 'UNIQUE (e, b), UNIQUE u (b) @hidden',
    select: '1 + i % 2, i',
    sample: /^v=-1$/,
  },
  none: { columns: 'a INT', key: 'KEY (a)', select: 'i', sample: /^v=-1$/ },
};

t.test('all rows are counted, whatever the key', async (t) => {
  await forEachServer(t, servers, async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeNumbers(schema, 14);
    const ask = await asker(t, server, schema);
    const hidden = server.kind === 'mysql-9.7' ? 'INVISIBLE' : 'IGNORED';
    for (const [name, { columns, key, select, sample }] of Object.entries(keys)) {
      await schema;
      await schema.query('DROP TABLE IF EXISTS t');
      await schema.query(
        `CREATE TABLE t (${columns}, v INT, ${key.replace('@hidden', hidden)}) DEFAULT CHARSET utf8mb4`,
      );
      await schema.query(
        `INSERT INTO t SELECT ${select}, CASE WHEN i % 2000 = 0 THEN -1 WHEN i % 3 = 0 THEN NULL ELSE i END FROM numbers`,
      );
      const [found, ...more] = await ask('t', [rowsWhere('`v` < 0'), rowsWhere('`v` = -5')]);
      t.same(more, [], `${name}: what is NULL does not offend`);
      t.match(found, { id: 'test-rows', level: 'danger', text: '8 offend.', count: 8, final: true }, name);
      t.equal(found?.samples?.length, 5, `${name}: five samples`);
      for (const text of found?.samples ?? []) t.match(text, sample, name);
      t.match(
        await ask('t', [rowsWhere('`t`.`v` = -5')]),
        [{ id: 'rows-fit', level: 'ok', text: /16,384 rows/ }],
        `${name}: none offends`,
      );
    }
  });
});

import t, { type Test } from 'tap';
import { inspectServer } from '../../../lib/inspect/server.js';
import { inspectTable } from '../../../lib/inspect/table.js';
import { askRows } from '../../../lib/plan/checks/ask-rows.js';
import type { KeyQuestion, Question, RowQuestion } from '../../../lib/plan/checks/question.js';
import type { Check } from '../../../lib/plan/plan.js';
import type { Settings } from '../../../lib/settings/settings.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { sessionFor } from '../../support/probing.js';
import { settingsFor } from '../../support/settings.js';

const servers = ['mysql-9.7', 'mariadb-10.11'] as const;

function rowsWhere(offends: string, id = 'test-rows'): RowQuestion {
  return { kind: 'rows', offends, finding: findingOf(id) };
}

function keyOf(...parts: string[]): KeyQuestion {
  return { kind: 'key', parts, finding: findingOf('test-key') };
}

function findingOf(id: string): RowQuestion['finding'] {
  return {
    id,
    level: 'danger',
    text: (count) => `${count} offend.`,
    fix: 'Mend it.',
    about: 'whether rows offend',
    final: true,
  };
}

/** Asks about one table of the schema. */
async function asker(t: Test, server: TestServer, schema: Schema) {
  const session = await sessionFor(t, server);
  const facts = await inspectServer(session);
  return async (
    name: string,
    questions: readonly Question[],
    changes: Partial<Settings> = {},
    signal = new AbortController().signal,
  ): Promise<Check[]> => {
    const table = await inspectTable(session, facts, { schema: schema.name, name });
    const settings = settingsFor(server, changes);
    return askRows(questions, { table, server: facts, settings, emit: () => {}, signal });
  };
}

/** 2^power rows with i = 0, 1, 2 … */
async function numbers(schema: Schema, power: number): Promise<void> {
  await schema.query('CREATE TABLE numbers (i INT NOT NULL AUTO_INCREMENT PRIMARY KEY)');
  await schema.query('INSERT INTO numbers VALUES (1)');
  for (let n = 0; n < power; n++) {
    await schema.query(`INSERT INTO numbers SELECT i + ${2 ** n} FROM numbers`);
  }
}

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
  none: { columns: 'a INT', key: 'KEY (a)', select: 'i', sample: /^v=-1$/ },
};

t.test('all rows are counted, whatever the key', async (t) => {
  await forEachServer(t, servers, async (t, server) => {
    const schema = await freshSchema(t, server);
    await numbers(schema, 14);
    const ask = await asker(t, server, schema);
    for (const [name, { columns, key, select, sample }] of Object.entries(keys)) {
      await schema
      await schema.query(`CREATE TABLE t (${columns}, v INT, ${key}) DEFAULT CHARSET utf8mb4`);
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

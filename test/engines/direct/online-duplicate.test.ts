import t, { type Test } from 'tap';
import { isOnlineDuplicate } from '../../../lib/engines/direct/online-duplicate.js';
import { run } from '../../../lib/run/run.js';
import { serverKinds } from '../../sandbox/index.js';
import { forEachServer, freshSchema, type TestServer } from '../../servers.js';
import { requestFor } from '../../support/request.js';

const padding = Array.from({ length: 8 }, (_, n) => `c${n} CHAR(250) NOT NULL DEFAULT 'padding ${n}'`).join(
  ', ',
);

interface Case {
  key: string;
  /** An INSERT that always fails as a duplicate. */
  insert: string;
  alter: string;
}

const cases: Readonly<Record<string, Case>> = {
  'a unique key': {
    key: 'UNIQUE KEY uq (v)',
    insert: "INSERT INTO t (v, w) VALUES (1, 'new')",
    alter: 'MODIFY x INT FIRST',
  },
  'the primary key': {
    key: 'KEY (v)',
    insert: "INSERT INTO t (id, v, w) VALUES (1, 0, 'new')",
    alter: 'MODIFY x INT FIRST',
  },
  'a key over two columns': {
    key: 'UNIQUE KEY uq (w, v)',
    insert: "INSERT INTO t (v, w) VALUES (1, 'w1')",
    alter: 'FORCE',
  },
  'a key of text': {
    key: 'UNIQUE KEY uq (w)',
    insert: "INSERT INTO t (v, w) VALUES (0, 'W1')",
    alter: 'MODIFY x INT FIRST, ADD KEY (x)',
  },
};

await forEachServer(t, serverKinds, async (t, server) => {
  for (const [name, each] of Object.entries(cases)) {
    await t.test(`another session's INSERT repeats a key: ${name}`, async (t) => {
      const { schema, inserting } = await tableOf(t, server, each);
      const bare = await inserting(() =>
        schema
          .query(`ALTER TABLE t ALGORITHM=INPLACE, LOCK=NONE, ${each.alter}`)
          .catch((error: unknown) => error),
      );
      const request = requestFor(server, `ALTER TABLE ${schema.name}.t ${each.alter}`, {
        strategy: 'direct',
      });
      const { exitCode, statements } = await inserting(() => run(request));
      const fails = server.kind.startsWith('mysql') && name !== 'the primary key';
      t.match(bare, fails ? { errno: 1062 } : { affectedRows: Number }, 'the bare server');
      t.equal(exitCode, 0, JSON.stringify(statements));
      t.match(statements, [{ outcome: /^(?:done|nothing)$/ }]);
      t.match(await schema.query('SELECT COUNT(*) AS n FROM t'), [{ n: 8_192 }]);
    });
  }
});

t.test('only a key that stays as it is proves it', async (t) => {
  const before =
    'CREATE TABLE `t` (\n  `id` int NOT NULL,\n  `v` int,\n  PRIMARY KEY (`id`),\n  UNIQUE KEY `uq` (`v`)\n)';
  const after = before.replace('UNIQUE KEY `uq` (`v`)', 'UNIQUE KEY `uq` (`v`),\n  UNIQUE KEY `new` (`v`)');
  const statement = (clause: string, now = after) => ({
    clause,
    promise: { before, after: now, ordered: true, renames: [] },
  });
  const online = statement('ALGORITHM=INPLACE, LOCK=NONE');
  const error = (key: string, errno = 1062) =>
    Object.assign(new Error(`Duplicate entry '1' for key '${key}'`), { errno, code: '', sqlState: '23000' });
  t.ok(isOnlineDuplicate(online, error('t.uq')));
  t.ok(isOnlineDuplicate(online, error('PRIMARY')));
  t.notOk(isOnlineDuplicate(online, error('t.new')), 'a key that it adds');
  t.notOk(isOnlineDuplicate(online, error('t.uq', 1586)), 'another error');
  t.notOk(isOnlineDuplicate(statement('ALGORITHM=COPY, LOCK=SHARED'), error('t.uq')), 'nobody can write');
  const longer = after.replace('`uq` (`v`)', '`uq` (`v`,`id`)');
  t.notOk(isOnlineDuplicate(statement('ALGORITHM=INPLACE, LOCK=NONE', longer), error('t.uq')), 'another key');
});

async function tableOf(t: Test, server: TestServer, { key, insert }: Case) {
  const schema = await freshSchema(t, server);
  await schema.query(
    `CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v INT, w VARCHAR(20), x INT, ${padding}, ${key}) ENGINE=InnoDB DEFAULT CHARSET=latin1`,
  );
  await schema.query("INSERT INTO t (v, w) VALUES (1, 'w1')");
  for (let rows = 1; rows < 8_192; rows *= 2) {
    await schema.query(`INSERT INTO t (v, w) SELECT v + ${rows}, CONCAT('w', v + ${rows}) FROM t`);
  }
  const other = await schema.connect();
  return {
    schema,
    /** Tries to insert again and again meanwhile. */
    inserting: async <T>(work: () => Promise<T>): Promise<T> => {
      let stop = false;
      const inserts = (async () => {
        while (!stop) {
          const failed = await other.query(insert).catch((error: unknown) => error);
          if (!(failed instanceof Error)) throw new Error('not a duplicate');
        }
      })();
      try {
        return await work();
      } finally {
        stop = true;
        await inserts;
      }
    },
  };
}

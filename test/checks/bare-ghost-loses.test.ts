import t from 'tap';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { forEachServer, freshSchema } from '../servers.js';
import { runBareGhost } from '../support/bare-ghost.js';
import { planOf } from '../support/row-hazards.js';
import { settingsFor } from '../support/settings.js';

const losses: readonly {
  name: string;
  setUp: readonly string[];
  alter: string;
  flags: readonly string[];
  lost: number;
  check: string;
}[] = [
  {
    name: 'duplicates under a new unique key',
    setUp: [
      'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, email VARCHAR(40))',
      "INSERT INTO t VALUES (1, 'a'), (2, 'a'), (3, 'b'), (4, 'a')",
    ],
    alter: 'ADD UNIQUE by_email (email)',
    flags: [],
    lost: 2,
    check: 'duplicate-key',
  },
  {
    name: 'what a primary key takes for the same from now on, even where it is told to stop at warnings',
    setUp: [
      'CREATE TABLE t (code VARCHAR(9) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, n INT) DEFAULT CHARSET utf8mb4',
      "INSERT INTO t VALUES ('A', 1), ('a', 2), ('b', 3)",
    ],
    alter: 'MODIFY code VARCHAR(9) COLLATE utf8mb4_general_ci NOT NULL',
    flags: ['--panic-on-warnings'],
    lost: 1,
    check: 'duplicate-under-collation',
  },
];

t.test('gh-ost ends well, and rows are gone; the plan refuses it', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const { path } = await installGhost();
    for (const { name, setUp, alter, flags, lost, check } of losses) {
      await t.test(name, async (t) => {
        const schema = await freshSchema(t, server);
        for (const sql of setUp) await schema.query(sql);
        const { ghost } = settingsFor(server);
        const planned = await planOf(server, schema, alter, {
          strategy: 'gh-ost',
          ghost: { ...ghost, path },
        });
        t.match(planned, { strategy: 'refuse', refusal: { exitCode: 4 } });
        t.match(
          planned.checks.filter(({ level }) => level === 'danger'),
          [{ id: check, count: lost, final: true }],
        );
        const accepted = await planOf(server, schema, alter, {
          checks: { timeMs: 60_000, accept: [check], forecast: 'rates' },
        });
        t.equal(accepted.strategy, 'refuse', 'and cannot be talked into it');
        const before = await schema.query('SELECT * FROM t');
        const { exitCode, log } = await runBareGhost(server, schema, alter, flags);
        t.equal(exitCode, 0, log);
        const after = await schema.query('SELECT * FROM t');
        t.equal(after.length, before.length - lost, 'rows are gone');
      });
    }
  });
});

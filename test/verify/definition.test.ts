import t from 'tap';
import { makePlan } from '../../lib/plan/make-plan.js';
import { readTableState } from '../../lib/verify/definition.js';
import { serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema } from '../servers.js';
import { plannedAlter } from '../support/planned.js';
import { sessionFor } from '../support/probing.js';
import { requestFor } from '../support/request.js';

t.test('a table is as promised, as before, or neither', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE o (id INT PRIMARY KEY)');
    await schema.query(
      `CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT, b VARCHAR(9) COLLATE utf8mb4_bin DEFAULT 'x, y',
         CONSTRAINT fk FOREIGN KEY (a) REFERENCES o (id)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
    const session = await sessionFor(t, server);
    const change = 'ADD COLUMN z INT DEFAULT 3 AFTER id, MODIFY b VARCHAR(12) COLLATE utf8mb4_bin';
    const plan = await makePlan(requestFor(server, `ALTER TABLE ${schema.name}.t ${change}`));
    const planned = plannedAlter(plan);
    const state = async () => (await readTableState(session, planned)).state;
    t.equal(await state(), 'as-before');
    await schema.query('INSERT INTO t (a) VALUES (NULL), (NULL)');
    t.equal(await state(), 'as-before', 'rows, and the next AUTO_INCREMENT, change no definition');
    await schema.query(`ALTER TABLE t ${change}`);
    t.equal(await state(), 'as-promised');
    const others = {
      'a default': ['ALTER COLUMN z SET DEFAULT 4', 'ALTER COLUMN z SET DEFAULT 3'],
      'a place': ['MODIFY z INT DEFAULT 3 AFTER a', 'MODIFY z INT DEFAULT 3 AFTER id'],
      'a collation': [
        'MODIFY b VARCHAR(12) COLLATE utf8mb4_general_ci',
        'MODIFY b VARCHAR(12) COLLATE utf8mb4_bin',
      ],
      'one index more': ['ADD INDEX k (z)', 'DROP INDEX k'],
      'a foreign key less': ['DROP FOREIGN KEY fk', 'ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES o (id)'],
      'a comment': ["COMMENT 'x'", "COMMENT ''"],
    };
    for (const [name, [other, back]] of Object.entries(others)) {
      await schema.query(`ALTER TABLE t ${other}`);
      const found = await readTableState(session, planned);
      t.match(found, { state: 'different', now: /^CREATE TABLE `t`/ }, name);
      await schema.query(`ALTER TABLE t ${back}`);
    }
  });
});

t.test('keys that the server had made for a foreign key go where another can serve', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const session = await sessionFor(t, server);
    await schema.query('CREATE TABLE o (id INT PRIMARY KEY)');
    const parts = 'id INT PRIMARY KEY, a INT, b INT, CONSTRAINT fk FOREIGN KEY (a) REFERENCES o (id)';
    const state = async (name: string, earlier: string, change: string, other?: string) => {
      await schema.query(`CREATE TABLE ${name} (${parts.replace('fk', `fk_${name}`)})`);
      if (earlier) await schema.query(`ALTER TABLE ${name} ${earlier}`);
      const plan = await makePlan(requestFor(server, `ALTER TABLE ${schema.name}.${name} ${change}`));
      await schema.query(`ALTER TABLE ${name} ${other ?? change}`);
      return (await readTableState(session, plannedAlter(plan))).state;
    };
    t.equal(await state('longer', '', 'ADD INDEX k (a, b)'), 'as-promised', 'a longer one');
    t.equal(await state('uniq', '', 'ADD UNIQUE k (a)'), 'as-promised', 'a unique one');
    const next = 'ADD CONSTRAINT next FOREIGN KEY (a) REFERENCES o (id)';
    t.equal(
      await state('anew', 'DROP FOREIGN KEY fk_anew', next),
      'as-promised',
      'that of the next foreign key',
    );
    await schema.query(`CREATE TABLE two (${parts.replace('fk', 'fk_two')})`);
    const both = [`CREATE INDEX k ON ${schema.name}.two (a, b)`, `ALTER TABLE ${schema.name}.two ADD z INT`];
    const { statements } = await makePlan(requestFor(server, both.join(';')));
    const [, second] = statements;
    await schema.query('CREATE INDEX k ON two (a, b)');
    t.match(second?.kind === 'alter' && (await readTableState(session, second)), { state: 'as-before' });
    const more = 'ADD INDEX k (a, b), ADD INDEX l (b)';
    t.equal(
      await state('more', '', 'ADD INDEX k (a, b)', more),
      'different',
      'another key than the promised',
    );
    const less = 'ADD INDEX k (a)';
    t.equal(
      await state('less', '', 'ADD INDEX k (a, b)', less),
      'different',
      'a shorter key than the promised',
    );
  });
});

t.test('such a key is made anew, after the others, where its foreign key comes back', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE o (id INT PRIMARY KEY)');
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)');
    const change = 'ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES o (id)';
    await schema.query(`ALTER TABLE t ${change}`);
    await schema.query('ALTER TABLE t ADD INDEX later (b)');
    await schema.query('ALTER TABLE t DROP FOREIGN KEY fk');
    const session = await sessionFor(t, server);
    const planned = plannedAlter(
      await makePlan(requestFor(server, `ALTER TABLE ${schema.name}.t ${change}`)),
    );
    t.match(await readTableState(session, planned), { state: 'as-before' });
    await schema.query(`ALTER TABLE t ${change}`);
    t.match(await readTableState(session, planned), { state: 'as-promised' });
    await schema.query('ALTER TABLE t MODIFY b INT AFTER id');
    t.match(
      await readTableState(session, planned),
      { state: 'different' },
      'a column in another place is another',
    );
  });
});

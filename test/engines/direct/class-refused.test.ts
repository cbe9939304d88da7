import t from 'tap';
import { run } from '../../../lib/run/run.js';
import { forEachServer, freshSchema } from '../../servers.js';
import { columnsOf } from '../../support/big-table.js';
import { requestFor } from '../../support/request.js';

t.test('at the limit of row versions the next class is chosen, and said', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    await schema.query('INSERT INTO t VALUES (1), (2)');
    for (let n = 0; n < 255; n++) {
      await schema.query(`ALTER TABLE t ALGORITHM=INSTANT, ${n % 2 ? 'DROP COLUMN x' : 'ADD COLUMN x INT'}`);
    }
    const request = requestFor(server, `ALTER TABLE ${schema.name}.t ADD COLUMN z INT`);
    const { exitCode, statements } = await run(request);
    t.equal(exitCode, 0);
    t.match(statements, [{ outcome: 'done', strategy: 'inplace' }]);
    const warning = request.events.find(({ type }) => type === 'warning');
    t.match(warning, {
      id: 'class-refused',
      text: /refuses ALGORITHM=INSTANT: .*row versions.*Choosing again/,
    });
    const plans = request.events.flatMap((event) => (event.type === 'plan' ? event.plan.statements : []));
    t.match(
      plans.map((each) => each.kind === 'alter' && each.clause),
      ['ALGORITHM=INSTANT', 'ALGORITHM=INPLACE, LOCK=NONE'],
    );
    t.same(await columnsOf(schema, 't'), ['id int', 'x int', 'z int']);
  });
});

t.test('a hidden column that only the real table has', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11', 'mariadb-11.4'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, x TEXT, FULLTEXT KEY ft (x))');
    await schema.query("INSERT INTO t VALUES (1, 'one'), (2, 'two')");
    await schema.query('ALTER TABLE t DROP INDEX ft');
    const request = requestFor(server, `ALTER TABLE ${schema.name}.t ADD COLUMN z INT`);
    const { exitCode, statements } = await run(request);
    t.equal(exitCode, 0);
    t.match(statements, [{ outcome: 'done', strategy: 'inplace' }]);
    t.match(
      request.events.find(({ type }) => type === 'warning'),
      { id: 'class-refused' },
    );
    t.same(await columnsOf(schema, 't'), ['id int', 'x text', 'z int']);
  });
});

t.test('choosing again can end in a refusal, and nothing was changed then', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, x TEXT, FULLTEXT KEY ft (x))');
    await schema.query('INSERT INTO t VALUES (1, NULL)');
    await schema.query('ALTER TABLE t DROP INDEX ft');
    // Whatever takes longer than INSTANT is for gh-ost here, which is not there.
    const settings = { directBudgetMs: 1, stallBudgetMs: 1 };
    const { exitCode, statements } = await run(
      requestFor(server, `ALTER TABLE ${schema.name}.t ADD COLUMN z INT`, settings),
    );
    t.equal(exitCode, 11);
    t.match(statements, [{ outcome: 'refused', strategy: 'refuse', reason: { id: 'ghost-missing' } }]);
    t.same(await columnsOf(schema, 't'), ['id int', 'x text']);
  });
});

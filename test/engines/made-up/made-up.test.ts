import t, { type Test } from 'tap';
import { engines } from '../../../lib/engines/list.js';
import { plan, run } from '../../../lib/run/run.js';
import { Steering } from '../../../lib/runs/steering.js';
import type { Settings } from '../../../lib/settings/settings.js';
import { forEachServer, freshSchema } from '../../servers.js';
import { requestFor, type TestRequest } from '../../support/request.js';
import { madeUp } from './engine.js';

/** The list with the engine from outside in front of gh-ost, as `--strategy made-up` or by its place. */
const list = [...engines.filter(({ name }) => name === 'direct'), madeUp, ...engines.slice(1)];

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const stage = async (
    t: Test,
    change: string,
    changes: Partial<Settings> = {},
    table = 't',
  ): Promise<TestRequest> => {
    const schema = await freshSchema(t, server);
    await schema.query(`CREATE TABLE ${table} (id INT PRIMARY KEY, v INT NOT NULL)`);
    await schema.query(`INSERT INTO ${table} VALUES (1, 1), (2, 2)`);
    const sql = `ALTER TABLE ${schema.name}.${table} ${change}`;
    return { ...requestFor(server, sql, changes), engines: list };
  };
  const byName = { strategy: 'made-up' } as unknown as Partial<Settings>;

  t.test('an engine from outside is chosen, explained, run, and ends', async (t) => {
    const request = await stage(t, 'MODIFY v BIGINT NOT NULL', { ...byName });
    const made = await plan(request);
    t.match(made.statements, [
      {
        strategy: 'made-up',
        reasons: [{ id: 'forced' }, { id: 'made-up' }],
        checks: [{ id: 'made-up-warning' }],
        estimate: { durationMs: { low: 1, high: 2 }, writerStallMs: 7 },
      },
    ]);
    const result = await run(request);
    t.match(result, { exitCode: 0, statements: [{ strategy: 'made-up', outcome: 'done', attempts: 1 }] });
    t.match((await plan(request)).statements, [{ strategy: 'nothing' }], 'it is in place');
  });

  t.test('it takes what the one before it declines, and costs gh-ost nothing', async (t) => {
    const request = await stage(t, 'MODIFY v BIGINT NOT NULL', { stallBudgetMs: 0, directBudgetMs: 0 });
    const [statement] = (await plan(request)).statements;
    t.match(statement, { strategy: 'made-up', rejected: [{ reason: { id: /^over-/ } }] });
  });

  t.test('its obstacles refuse', async (t) => {
    const request = await stage(t, 'MODIFY v BIGINT NOT NULL', { ...byName }, 'no_table');
    t.match(await run(request), {
      exitCode: 4,
      statements: [{ outcome: 'refused', reason: { id: 'made-up-name' }, next: 'Rename the table.' }],
    });
  });

  t.test('it is steered and aborted like any other', async (t) => {
    const steering = new Steering();
    const stop = new AbortController();
    const asked = await stage(t, 'MODIFY v BIGINT NOT NULL', { ...byName });
    const request = {
      ...asked,
      signal: stop.signal,
      steering,
      emit: (event: Parameters<typeof asked.emit>[0]) => {
        asked.emit(event);
        if (event.type !== 'phase' || event.phase !== 'apply') return;
        void steering.controls?.pause().then(() => stop.abort(new Error('enough')));
      },
    };
    t.match(await run(request), { exitCode: 6, statements: [{ outcome: 'aborted' }] });
    t.equal(steering.controls, undefined, 'its controls are taken back');
  });
});

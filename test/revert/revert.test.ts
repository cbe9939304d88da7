import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Plan } from '../../lib/documents/plan.js';
import type { RunResult } from '../../lib/documents/result.js';
import type { RunStatus } from '../../lib/documents/status.js';
import { recordPath } from '../../lib/runs/record.js';
import { runLockName } from '../../lib/runs/run-lock.js';
import { forEachServer, freshSchema } from '../servers.js';
import { alterwise, answerOf } from '../support/alterwise.js';
import { cliEnvironment, startCli } from '../support/ghost-cli.js';
import { agrees, privateTemp, stage } from '../support/ghost-stage.js';

const temp = privateTemp(t);
const quick = ['--forecast', 'rates', '--rehearse', 'off', '--progress', 'none'];

const environment = async (server: Parameters<typeof cliEnvironment>[0]) => ({
  ...(await cliEnvironment(server)),
  ALTERWISE_STATE_DIR: mkdtempSync(join(temp, 'state-')),
});

t.test('what gh-ost has swapped is swapped back, with the writes made since', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const env = await environment(server);
    const on = await stage(t, server, { rows: 3_000 });
    const { schema } = on;
    const label = `${schema.name}.${on.table.name}`;
    await schema.query(`UPDATE ${on.table.name} SET more=id`);
    const before = await on.definition();
    const load = await on.load({ perSecond: 100 });
    const changed = await ran(
      env,
      'run',
      `ALTER TABLE ${label} MODIFY amount BIGINT, DROP COLUMN more`,
      ...quick,
      '--strategy',
      'gh-ost',
    );
    t.match(changed.statements, [{ outcome: 'done' }]);
    const plan = join(temp, 'revert.json');
    await alterwise(env, 'revert', changed.run, '--dry-run', ...quick, '--format', 'json', '--out', plan);
    const planned = JSON.parse(readFileSync(plan, 'utf8')) as Plan;
    t.match(planned, { reverts: changed.run });
    t.match(
      await alterwise(env, 'run', '--plan', plan, ...quick),
      { code: 2, stderr: new RegExp(`alterwise revert ${changed.run.slice(0, 8)} --approve ${planned.id}`) },
      'of a plan of a revert the statements say only half',
    );
    const old = changed.statements[0]?.oldTable?.split('.')[1];
    t.match(planned.statements, [
      { strategy: 'gh-ost', reasons: [{ id: 'revert' }], revertTo: { name: old } },
    ]);
    t.notOk(planned.statements[0]?.checks.some(({ id }) => id === 'revert-values-gone'));
    const { runs: listed } = await answerOf<{ runs: RunStatus[] }>(env, 'status', changed.run);
    t.match(listed, [{ statements: [{ oldTable: `${schema.name}.${old}` }] }]);
    const result = await ran(env, 'revert', changed.run, '--approve', planned.id, ...quick);
    t.match(result, {
      exitCode: 0,
      statements: [{ outcome: 'done', reason: { id: 'done' }, oldTable: /_rev_del$/ }],
    });
    t.ok((result.statements[0]?.rowsCompared ?? 0) > 2_000, 'every row was compared');
    t.equal(await on.definition(), before);
    const report = await load.stop();
    t.match(report, { failed: 0 });
    t.match(await on.compare(report), agrees, 'no write was lost, before, between and after');
    // Of the rows that are there: how many were deleted meanwhile depends on the pace of the machine.
    const [first] = await schema.query<{ rows: number; filled: number; written: number }>(
      `SELECT COUNT(*) AS \`rows\`, SUM(more=id) AS filled, SUM(more=7 AND id<>7) AS written
         FROM ${on.table.name} WHERE id <= 3000`,
    );
    const { rows = 0 } = first ?? {};
    const [filled, written] = [Number(first?.filled), Number(first?.written)];
    t.ok(filled > 0.8 * rows, 'the dropped column is there with its values');
    t.equal(filled + written, rows, 'or with its default, in a row that was deleted and written again');
    t.match(await on.beside(), [/_rev_del$/], 'and what it was until now is kept in turn');
    const { runs } = await answerOf<{ runs: RunStatus[] }>(env, 'status');
    const kept = runs.flatMap(({ statements }) => statements.flatMap(({ oldTable = [] }) => oldTable));
    t.match(kept, [/_rev_del$/], 'the original that was used up is not listed any more');
    t.equal(kept.length, 1);
  });
});

t.test('a revert that is stopped takes away what it made, and no copy of somebody else', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const env = await environment(server);
    const on = await stage(t, server, { rows: 300 });
    const label = `${on.schema.name}.${on.table.name}`;
    const sql = `ALTER TABLE ${label} MODIFY amount BIGINT`;
    const changed = await ran(env, 'run', sql, ...quick, '--strategy', 'gh-ost');
    const [old] = await on.beside();
    const manual = [
      '--cut-over',
      'manual',
      '--forecast',
      'rates',
      '--rehearse',
      'off',
      '--progress',
      'ndjson',
    ];
    const back = startCli(t, ['revert', changed.run, ...manual], env);
    await back.until(({ text = '' }) => /^Waiting for somebody/.test(text));
    await on.schema.query(`CREATE TABLE _${on.table.name}_gho (v INT)`);
    back.child.kill('SIGTERM');
    t.match(await back.ended, { code: 6 });
    t.same(await on.beside(), [old, `${on.schema.name}._${on.table.name}_gho`].toSorted());
  });
});

t.test('where the original cannot be swapped back, it is said before, and a statement does it', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const env = await environment(server);
    const on = await stage(t, server, { rows: 500 });
    const label = `${on.schema.name}.${on.table.name}`;
    await on.schema.query(`ALTER TABLE ${on.table.name} ADD COLUMN must INT NOT NULL`);
    const before = await on.definition();
    const { run } = await ran(
      env,
      'run',
      `ALTER TABLE ${label} DROP COLUMN must`,
      ...quick,
      '--strategy',
      'gh-ost',
    );
    const planned = await answerOf<Plan>(env, 'revert', run, '--dry-run', ...quick);
    t.match(planned.statements[0], { strategy: 'instant', revertTo: undefined });
    t.match(
      planned.statements[0]?.checks.find(({ id }) => id === 'revert-by-statement')?.text,
      /no value for must/,
    );
    t.match(
      planned.statements[0]?.checks.find(({ id }) => id === 'revert-values-gone')?.text,
      /values that must had do not come back/,
    );
    t.match(await ran(env, 'revert', run, ...quick), {
      statements: [{ strategy: 'instant', outcome: 'done' }],
    });
    t.equal(await on.definition(), before);
  });
});

t.test('a kept original brings back the order of its keys', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const env = await environment(server);
    const on = await stage(t, server, { rows: 300 });
    await on.schema.query(`ALTER TABLE ${on.table.name} ADD KEY first (amount), ADD KEY second (amount, id)`);
    const before = await on.definition();
    const sql = `ALTER TABLE ${on.schema.name}.${on.table.name} MODIFY amount BIGINT, DROP KEY first`;
    const { run } = await ran(env, 'run', sql, ...quick, '--strategy', 'gh-ost');
    const planned = await answerOf<Plan>(env, 'revert', run, '--dry-run', ...quick);
    t.notOk(planned.statements[0]?.checks.some(({ id }) => id === 'revert-key-order'));
    await t.test('also where a later statement of the run was begun, and not done', async (t) => {
      const path = recordPath(env.ALTERWISE_STATE_DIR, run);
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, withStatementBegun(text));
      const { statements } = await answerOf<Plan>(env, 'revert', run, '--dry-run', ...quick);
      t.match(statements, [{ strategy: 'gh-ost', revertTo: { name: /_del$/ } }]);
      const other = await on.schema.connect();
      await other.query('SELECT GET_LOCK(?, 1)', [
        runLockName({ schema: on.schema.name, name: on.table.name }),
      ]);
      t.match(await alterwise(env, 'revert', run, ...quick), {
        code: 4,
        stderr: /the outcome of a statement is unknown/,
      });
      await other.query('DO RELEASE_ALL_LOCKS()');
      writeFileSync(path, text);
    });
    t.match(await ran(env, 'revert', run, ...quick), { exitCode: 0, statements: [{ strategy: 'gh-ost' }] });
    t.equal(await on.definition(), before);
  });
});

t.test('a revert that stops on its way goes on with the rest', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const env = await environment(server);
    const schema = await freshSchema(t, server);
    for (const table of ['one', 'two', 'three'])
      await schema.query(`CREATE TABLE ${table} (id INT PRIMARY KEY)`);
    const add = (table: string) => `ALTER TABLE ${schema.name}.${table} ADD COLUMN c INT`;
    await schema.query('ALTER TABLE three ADD KEY first (id), ADD KEY second (id)');
    // A key that is made anew stands last.
    const statements = [...['one', 'two', 'three'].map(add), `DROP INDEX first ON ${schema.name}.three`];
    const { run } = await ran(env, 'run', statements.join(';'), ...quick);
    const hurry = ['--lock-budget', '1s', '--lock-wait-timeout', '1'];
    const other = await schema.connect();
    await other.query('BEGIN');
    await other.query('SELECT * FROM two');
    t.match(await alterwise(env, 'revert', run, ...quick, ...hurry), { code: 5 });
    await other.query('ROLLBACK');
    t.match(await ran(env, 'revert', run, ...quick), { exitCode: 0 });
    for (const table of ['one', 'two', 'three'])
      t.match(await schema.query(`SHOW COLUMNS FROM ${table}`), { length: 1 });
  });
});

t.test('what was not probed is held against what the record says it became', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const env = await environment(server);
    const on = await stage(t, server, { rows: 300 });
    const label = `${on.schema.name}.${on.table.name}`;
    const before = await on.definition();
    const { run } = await ran(
      env,
      'run',
      `ALTER TABLE ${label} ADD COLUMN x INT`,
      ...quick,
      '--probe',
      'off',
    );
    await on.schema.query(`ALTER TABLE ${label} ADD COLUMN theirs INT`);
    t.match(await alterwise(env, 'revert', run, ...quick), { code: 10, stderr: /was changed since/ });
    await on.schema.query(`ALTER TABLE ${label} DROP COLUMN theirs`);
    t.match(await ran(env, 'revert', run, ...quick, '--strategy', 'direct'), { exitCode: 0 });
    t.equal(await on.definition(), before);
  });
});

t.test('where alterwise died, the table tells what became of a direct change', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const env = await environment(server);
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    const add = (name: string) => `ALTER TABLE ${schema.name}.t ADD COLUMN ${name} INT`;
    const { run } = await ran(env, 'run', `${add('a')}; ${add('b')}`, ...quick);
    // As if it had been killed while the second one ran.
    const path = recordPath(env.ALTERWISE_STATE_DIR, run);
    const lines = readFileSync(path, 'utf8').split('\n');
    const isLost = (line: string) => /"type":"(?:finish|end)"/.test(line) && !/"index":0/.test(line);
    writeFileSync(path, lines.filter((line) => !isLost(line)).join('\n'));
    t.match(await ran(env, 'revert', run, ...quick), {
      statements: [{ outcome: 'done' }, { outcome: 'done' }],
    });
    t.match(await schema.query('SHOW COLUMNS FROM t'), { length: 1 });
  });
});

t.test('direct changes are taken back by their inverse, the last first', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const env = await environment(server);
    const schema = await freshSchema(t, server);
    const table = `${schema.name}.t`;
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY a (a))');
    await schema.query("INSERT INTO t VALUES (1, 1, 'one')");
    const definition = () => schema.query('SHOW CREATE TABLE t');
    const before = await definition();
    const { run } = await ran(
      env,
      'run',
      `ALTER TABLE ${table} ADD COLUMN c INT; ALTER TABLE ${table} ADD UNIQUE KEY b (b), DROP KEY a; ALTER TABLE ${table} RENAME COLUMN a TO z`,
      ...quick,
    );
    const changed = await definition();
    t.notSame(changed, before);

    await t.test('a table that was changed since is not touched', async (t) => {
      await schema.query('ALTER TABLE t ADD COLUMN other INT');
      t.match(await alterwise(env, 'revert', run, ...quick), { code: 10, stderr: /was changed since/ });
      await schema.query('ALTER TABLE t DROP COLUMN other');
    });

    const result = await ran(env, 'revert', run.slice(0, 8), ...quick);
    t.match(result, {
      exitCode: 0,
      statements: [{ outcome: 'done' }, { outcome: 'done' }, { outcome: 'done' }],
    });
    t.same(await definition(), before);
    t.same(await schema.query('SELECT * FROM t'), [{ id: 1, a: 1, b: 'one' }]);
    t.match(
      await alterwise(env, 'revert', run, ...quick),
      { code: 4, stderr: /none of its changes is there/ },
      'and only once',
    );
    t.match(await alterwise(env, 'revert', 'nosuch'), { code: 2, stderr: /There is no run nosuch/ });

    await wrong(t, env, schema.name);
  });
});

async function wrong(t: Test, env: NodeJS.ProcessEnv, schema: string): Promise<void> {
  await t.test('a run that did more than change tables is not taken back', async (t) => {
    const file = join(
      t.testdir({ 'm.sql': 'CREATE TABLE n (id INT PRIMARY KEY);\nALTER TABLE n ADD COLUMN c INT;\n' }),
      'm.sql',
    );
    const { run } = await ran(env, 'run', '--file', file, '--database', schema, ...quick);
    t.match(await alterwise(env, 'revert', run, '--database', schema, ...quick), {
      code: 4,
      stderr: /did more than change tables: CREATE TABLE/,
    });
  });
}

/** The record of a run that died in one more statement of the same table. */
function withStatementBegun(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '' && !line.includes('"type":"finish"'));
  const [begin, ...rest] = lines.map((line) => JSON.parse(line));
  const [first] = begin.planned;
  const promise = { before: first.promise.after, after: 'another', ordered: true, renames: [] };
  const planned = [first, { ...first, promise }];
  const start = { ...rest.find(({ type }) => type === 'start'), index: 1 };
  return [{ ...begin, planned }, ...rest, start].map((line) => `${JSON.stringify(line)}\n`).join('');
}

function ran(env: NodeJS.ProcessEnv, ...argv: string[]): Promise<RunResult> {
  return answerOf<RunResult>(env, ...argv);
}

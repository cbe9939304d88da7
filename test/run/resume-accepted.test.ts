import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Plan } from '../../lib/documents/plan.js';
import type { RunResult } from '../../lib/documents/result.js';
import { forEachServer, freshSchema } from '../servers.js';
import { alterwise, answerOf } from '../support/alterwise.js';
import { cliEnvironment } from '../support/ghost-cli.js';
import { privateTemp } from '../support/ghost-stage.js';

const temp = privateTemp(t);

t.test('what a run was allowed, the one that goes on with it is allowed as well', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const env = { ...(await cliEnvironment(server)), ALTERWISE_STATE_DIR: mkdtempSync(join(temp, 'state-')) };
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, price DECIMAL(10,2))');
    await schema.query('INSERT INTO t VALUES (1, 1.25)');
    const sql = `ALTER TABLE ${schema.name}.t MODIFY price DECIMAL(10,1)`;
    const quick = [
      '--forecast',
      'rates',
      '--progress',
      'none',
      '--lock-budget',
      '1s',
      '--lock-wait-timeout',
      '1',
    ];
    const accepted = [...quick, '--accept', 'value-rounded'];
    t.match(await alterwise(env, 'run', sql, ...quick), { code: 4, stdout: /--accept value-rounded/ });
    const { id } = await answerOf<Plan>(env, 'plan', sql, ...accepted);

    const other = await schema.connect();
    await other.query('BEGIN');
    await other.query('SELECT * FROM t');
    const stopped = await answerOf<RunResult>(env, 'run', sql, ...accepted, '--approve', id);
    t.match(stopped, { exitCode: 5 });
    await other.query('ROLLBACK');

    const resumed = await answerOf<RunResult>(env, 'run', '--resume', stopped.run, ...quick);
    t.match(resumed, { exitCode: 0, statements: [{ outcome: 'done' }] });
    t.match(await schema.query('SELECT price FROM t'), [{ price: '1.3' }]);
  });
});

import t from 'tap';
import { forEachServer } from '../servers.js';
import { checkout, kill, slowly } from './checkout.js';
import { jenkinsSteps } from './shell-steps.js';

const steps = jenkinsSteps();
const named = (name: string) => steps.find((step) => step.name === name);
const files = {
  'migrations/001.sql': 'ALTER TABLE orders ADD COLUMN note TEXT;',
  'migrations/002.sql': 'CREATE INDEX by_total ON orders (total);\nINSERT INTO orders (total) VALUES (1);',
};
const widened = { 'migrations/001.sql': 'ALTER TABLE orders MODIFY total BIGINT NOT NULL;' };

t.same(
  steps.map(({ name }) => name),
  ['Plan', 'Review', 'Migrate', 'Verify', 'Deploy', 'aborted'],
);

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('plan, review, run, verify, deploy', async (t) => {
    const small = { 'plan.json': '{ "review": { "required": false } }' };
    const { step, definition } = await checkout(t, server, { ...files, ...small });
    t.match(await step(named('Review')), { code: 0 }, 'nobody has to read what is small');
    const large = { ALTERWISE_REVIEW_ROWS: '100' };
    t.match(await step(named('Verify')), { code: 8 });
    t.match(await step(named('Plan'), large), { code: 0 });
    t.match(await step(named('Review')), { code: 3 }, 'somebody has to read it');
    t.match(await step(named('Migrate'), large), { code: 0 });
    t.match(await definition(), /`note` text.*KEY `by_total`/s);
    t.match(await step(named('Verify'), large), { code: 0 });
    t.match(await step(named('Deploy')), { code: 0, said: /^deployed$/m });
  });

  t.test('what is aborted in the middle of a copy is as it was', async (t) => {
    const { step, start, copying, definition, tables, lastRun } = await checkout(t, server, widened);
    const before = await definition();
    t.match(await step(named('Plan'), slowly), { code: 0 });
    const migrating = start(named('Migrate'), slowly);
    await copying();
    kill(-migrating.pid, 'SIGTERM');
    t.match(await step(named('aborted')), { code: 0, said: /exit code 6|aborted/ });
    await migrating.ended;
    t.match(await lastRun(), { state: 'ended', exitCode: 6 });
    t.equal(await definition(), before);
    t.same(await tables(), ['orders']);
  });

  t.test('a table that is held, and one that has changed, end it with what to do', async (t) => {
    const { step, schema, definition } = await checkout(t, server, files);
    t.match(await step(named('Plan')), { code: 0 });
    const before = await definition();
    const holder = await schema.connect();
    await holder.query('START TRANSACTION');
    await holder.query('SELECT * FROM orders LIMIT 1');
    const hurried = { RETRY_AFTER: '0', ALTERWISE_LOCK_BUDGET: '1s', ALTERWISE_LOCK_WAIT_TIMEOUT: '1' };
    const held = await step(named('Migrate'), hurried);
    await holder.query('ROLLBACK');
    t.match(held, { code: 5, said: /^Somebody holds the table/m });
    t.equal(held.said.match(/^\+ alterwise run/gm)?.length, 3);
    t.equal(await definition(), before);
    await schema.query('ALTER TABLE orders ADD COLUMN other INT');
    t.match(await step(named('Migrate')), { code: 10, said: /^The table is no longer as it was/m });
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { readBlockers } from '../../lib/inspect/blockers.js';
import { recordsTransactions } from '../../lib/inspect/capabilities.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { metadataLocks, withSwitchedOn } from '../../lib/mysql/instruments.js';
import { serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema } from '../servers.js';
import { sessionFor } from '../support/probing.js';
import { connectionTo } from '../support/settings.js';

t.test('who writes emoji hides nobody', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20)) DEFAULT CHARSET utf8mb4');
    await schema.query("INSERT INTO t VALUES (1, '')");
    const session = await sessionFor(t, server);
    const facts = await inspectServer(session);
    const holder = await schema.connect();
    await holder.query('START TRANSACTION');
    await holder.query('SELECT * FROM t');
    const writer = await schema.connect();
    await writer.query('START TRANSACTION');
    const writing = writer.query("UPDATE t SET a='\u{1F600}' WHERE id=1 AND SLEEP(1)=0");
    await sleep(300);
    for (const metadataLocksVisible of [facts.metadataLocksVisible, false]) {
      const blockers = await readBlockers(
        session,
        { ...facts, metadataLocksVisible },
        { schema: schema.name, name: 't' },
      );
      const ids = blockers.map(({ connectionId }) => connectionId);
      t.ok(ids.includes(holder.threadId), `visible: ${metadataLocksVisible}`);
    }
    await writing;
  });
});

t.test('an open transaction is found, with its id, user, host, age and statement', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    await schema.query('CREATE TABLE u (id INT PRIMARY KEY)');
    const session = await sessionFor(t, server);
    const ours = await sessionFor(t, server);
    const facts = await inspectServer(session);
    // As it is by default: another test may have switched it on just now.
    const visible = recordsTransactions(facts);
    const blockers = (...except: number[]) =>
      readBlockers(
        session,
        { ...facts, metadataLocksVisible: visible },
        { schema: schema.name, name: 't' },
        except,
      );
    const ofTest = async (...ids: (number | undefined)[]) =>
      (await blockers(ours.connectionId)).filter(({ connectionId }) => ids.includes(connectionId));

    const holder = await schema.connect();
    const bystander = await schema.connect();
    await holder.query('START TRANSACTION');
    await holder.query('SELECT\n  COUNT(*)   FROM t');
    await bystander.query('START TRANSACTION');
    await bystander.query('SELECT * FROM u');
    await ours.execute('START TRANSACTION');
    await ours.rows(`SELECT * FROM ${schema.name}.t`);
    await sleep(1_200);

    const found = await ofTest(holder.threadId, bystander.threadId, ours.connectionId);
    const first = found.find(({ connectionId }) => connectionId === holder.threadId);
    t.match(first, {
      connectionId: holder.threadId,
      user: 'root',
      host: /^(127\.0\.0\.1|localhost)/,
      command: 'Sleep',
      role: visible ? 'holds' : 'suspect',
      ...(visible && { query: 'SELECT COUNT(*) FROM t' }),
    });
    t.ok((first?.ageMs ?? 0) >= 1_100 && (first?.ageMs ?? 0) < 30_000, `${first?.ageMs} ms`);
    t.equal(
      found.length,
      visible ? 1 : 2,
      visible ? 'who holds another table is no blocker' : 'all are suspects',
    );
    t.notOk(
      found.some(({ connectionId }) => connectionId === ours.connectionId),
      'ours is none',
    );

    await holder.query('ROLLBACK');
    await ours.execute('ROLLBACK');
    await sleep(200); // INNODB_TRX is a copy that is up to 100 ms old
    t.same(await ofTest(holder.threadId), [], 'gone with the transaction');

    if (!visible) return;
    await holder.query('LOCK TABLES t READ');
    const waiter = await schema.connect();
    await waiter.query('SET SESSION lock_wait_timeout=20');
    const waiting = waiter.query('ALTER TABLE t ADD COLUMN a INT').catch(() => {});
    await sleep(500);
    t.match(await ofTest(holder.threadId, waiter.threadId), [
      { connectionId: holder.threadId, role: 'holds' },
      {
        connectionId: waiter.threadId,
        role: 'waits',
        query: 'ALTER TABLE t ADD COLUMN a INT',
        command: 'Query',
      },
    ]);
    await holder.query('UNLOCK TABLES');
    await waiting;
  });
});

t.test('locks taken while the instrument is on are seen, and the instrument is put back', async (t) => {
  await forEachServer(t, ['mysql-5.7', 'mariadb-11.4'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    const session = await sessionFor(t, server);
    const setting = async () => {
      const [row] = await schema.query(
        "SELECT ENABLED AS enabled FROM performance_schema.setup_instruments WHERE NAME='wait/lock/metadata/sql/mdl'",
      );
      return row?.enabled;
    };
    t.equal(await setting(), 'NO');
    await withSwitchedOn(connectionTo(server), metadataLocks, async () => {
      t.equal(await setting(), 'YES');
      const holder = await schema.connect();
      await holder.query('START TRANSACTION');
      await holder.query('SELECT * FROM t');
      const facts = await inspectServer(session);
      t.match(await readBlockers(session, facts, { schema: schema.name, name: 't' }), [
        { connectionId: holder.threadId, role: 'holds' },
      ]);
    });
    t.equal(await setting(), 'NO');
  });
});

t.test('a transaction is told from the next one on the same connection', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    const session = await sessionFor(t, server);
    const facts = await inspectServer(session);
    const holder = await schema.connect();
    const begin = async () => {
      await holder.query('START TRANSACTION');
      await holder.query('SELECT * FROM t');
    };
    const transaction = async () => {
      await sleep(150); // INNODB_TRX is a copy that is up to 100 ms old
      const found = await readBlockers(session, facts, { schema: schema.name, name: 't' });
      return found.find(({ connectionId }) => connectionId === holder.threadId)?.transactionId;
    };
    await begin();
    const first = await transaction();
    t.ok(first);
    t.equal(await transaction(), first, 'still the same');
    await sleep(1_000);
    await holder.query('COMMIT');
    await begin();
    const second = await transaction();
    t.ok(second && second !== first, `${first}, and then ${second}`);
  });
});

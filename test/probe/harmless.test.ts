import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Fault } from '../../lib/fault.js';
import { readPrivileges } from '../../lib/inspect/privileges.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { inspectTable } from '../../lib/inspect/table.js';
import { makePlan } from '../../lib/plan/make-plan.js';
import { probe } from '../../lib/probe/probe.js';
import { type Scratch, withScratch } from '../../lib/probe/scratch.js';
import { alterSql } from '../../lib/probe/trial.js';
import type { AlterStatement } from '../../lib/sql/statement.js';
import { readTableState } from '../../lib/verify/definition.js';
import { serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { accountWith } from '../support/account.js';
import { deadScratch } from '../support/leftovers.js';
import { plannedAlter } from '../support/planned.js';
import { probeAlter, sessionFor } from '../support/probing.js';
import { processesOf } from '../support/processes.js';
import { requestFor } from '../support/request.js';
import { settingsFor } from '../support/settings.js';
import { nothingWasChanged } from '../support/texts.js';
import { until } from '../support/until.js';

const someId = () => `_alterwise_${randomBytes(6).toString('hex')}`;

/** What is in the scratch schemas of the server that holds a table called `table`. */
async function scratchWith(schema: Schema, table: string): Promise<string[]> {
  const rows = await schema.query<{ name: string }>(
    "SELECT TABLE_SCHEMA AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA LIKE '\\_alterwise\\_%' AND TABLE_NAME=?",
    [table],
  );
  return rows.map(({ name }) => name);
}

const exists = async (schema: Schema, name: string) =>
  (await schema.query('SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME=?', [name])).length > 0;

async function facts(t: Parameters<typeof sessionFor>[0], server: TestServer, schema: Schema, name = 't') {
  const session = await sessionFor(t, server);
  const facts = await inspectServer(session);
  const table = await inspectTable(session, facts, { schema: schema.name, name });
  return { session, facts: { server: facts, table, privileges: await readPrivileges(session) } };
}

t.test(
  'what would move rows or tables does not leave the clone, even if it got as far as that',
  async (t) => {
    await forEachServer(t, serverKinds, async (t, server) => {
      const schema = await freshSchema(t, server);
      await schema.query(
        'CREATE TABLE t (id INT PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100))',
      );
      await schema.query('CREATE TABLE archive (id INT PRIMARY KEY)');
      await schema.query('INSERT INTO archive VALUES (1), (2)');
      const { session, facts: known } = await facts(t, server, schema);
      for (const spec of [
        'EXCHANGE PARTITION p0 WITH TABLE archive',
        'RENAME TO elsewhere',
        'RENAME archive2',
      ]) {
        t.throws(
          () => requestFor(server, `ALTER TABLE t ${spec}`),
          Fault,
          `${spec} is refused as it is read`,
        );
        const unread: AlterStatement = {
          kind: 'alter',
          sql: '',
          table: 't',
          spec,
          clauses: [{ text: spec, head: [] }],
          asserted: {},
          renames: [],
          references: [],
        };
        const said = await probe(session, known, unread, settingsFor(server));
        // 1046: no schema is selected. MariaDB does not even parse an EXCHANGE beside an ALGORITHM.
        t.ok(
          said.kind === 'rejected' && [1046, 1064].includes(said.errno),
          `${spec}: ${JSON.stringify(said)}`,
        );
      }
      t.same(await schema.query('SELECT COUNT(*) AS n FROM archive'), [{ n: 2 }]);
      t.same(await deadScratch(schema), []);
    });
  },
);

t.test('a plan is made beside a transaction that holds the table, and holds up nobody', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE o (id INT PRIMARY KEY)');
    await schema.query('INSERT INTO o VALUES (0), (1), (2)');
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT, KEY (a))');
    await schema.query('INSERT INTO t VALUES (1, 1)');
    const holder = await schema.connect();
    await holder.query('START TRANSACTION');
    await holder.query('UPDATE t SET a=2 WHERE id=1');
    await holder.query('SELECT * FROM o');
    const writer = await schema.connect();
    let writing = true;
    let longest = 0;
    const writes = (async () => {
      for (let id = 2; writing; id++) {
        const start = performance.now();
        await writer.query('INSERT INTO t VALUES (?, 0)', [id]);
        longest = Math.max(longest, performance.now() - start);
        await sleep(5);
      }
    })();
    const start = performance.now();
    for (const alter of [
      'ADD COLUMN z INT',
      'MODIFY a BIGINT',
      'ADD FOREIGN KEY (a) REFERENCES o (id)',
      'FORCE',
    ]) {
      const { statements } = await makePlan(requestFor(server, `ALTER TABLE ${schema.name}.t ${alter}`));
      t.not(statements[0]?.strategy, 'refuse', alter);
    }
    const took = performance.now() - start;
    writing = false;
    await writes;
    t.ok(took < 20_000, `four plans took ${Math.round(took)} ms`);
    t.ok(longest < 2_500, `the longest write took ${Math.round(longest)} ms`);
    await holder.query('ROLLBACK');
  });
});

t.test('a plan is made of a table that somebody has locked, with what can be known of it', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT)');
    const holder = await schema.connect();
    await holder.query('LOCK TABLES t WRITE');
    const start = performance.now();
    const { statements } = await makePlan(
      requestFor(server, `ALTER TABLE ${schema.name}.t ADD COLUMN z INT`),
    );
    const took = performance.now() - start;
    t.match(statements[0], { estimate: { rowsExact: false } });
    t.ok(took < 10_000, `${Math.round(took)} ms`);
  });
});

t.test('the clone is gone, however the probe ends', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const name = `t_${randomBytes(4).toString('hex')}`;
    await schema.query('CREATE TABLE o (id INT PRIMARY KEY)');
    await schema.query(
      `CREATE TABLE ${name} (id INT PRIMARY KEY, a INT, b INT, FOREIGN KEY (a) REFERENCES o (id))`,
    );
    const { session, facts: known } = await facts(t, server, schema, name);
    const endings = {
      done: 'ADD COLUMN z INT',
      'in place': 'ADD COLUMN b INT',
      conflict: 'ADD COLUMN b VARCHAR(3)',
      'no such column': 'DROP COLUMN zz, MODIFY zz INT',
      'syntax error': 'ADD COLUMN z INT INT INT',
      'refused for its foreign key': 'MODIFY a BIGINT',
    };
    for (const [ending, alter] of Object.entries(endings)) {
      await probeAlter(session, server, schema, alter, { table: name });
      t.same(await scratchWith(schema, name), [], ending);
    }

    const failing = async (use: (scratch: Scratch, session: typeof probing) => Promise<unknown>) => {
      const error = await withScratch(probing, known, settingsFor(server), async (scratch) => {
        await scratch.fresh();
        t.equal((await scratchWith(schema, name)).length, 1, 'there is a clone');
        return use(scratch, probing);
      }).catch((error: unknown) => error);
      return error;
    };
    let probing = session;
    t.match(await failing(async () => Promise.reject(new Error('stop'))), { message: 'stop' });
    t.same(await scratchWith(schema, name), [], 'an error of ours');

    probing = await sessionFor(t, server);
    await failing(async (scratch) => {
      await schema.query(`KILL ${probing.connectionId}`);
      return scratch.fresh();
    });
    t.same(await scratchWith(schema, name), [], 'the connection is killed');

    probing = await sessionFor(t, server);
    await failing(async (scratch) => {
      setTimeout(() => void schema.query(`KILL QUERY ${probing.connectionId}`), 100);
      await scratch.session.rows('SELECT SLEEP(1) FROM (SELECT 1) x WHERE SLEEP(1) IS NOT NULL');
      return scratch.fresh();
    });
    t.same(await scratchWith(schema, name), [], 'the query is killed');
    t.same(await deadScratch(schema), []);
  });
});

t.test('a probe whose connection is killed says so, and what to do', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const name = `t_${randomBytes(4).toString('hex')}`;
    await schema.query(`CREATE TABLE ${name} (id INT PRIMARY KEY)`);
    const planning = makePlan(
      requestFor(server, `ALTER TABLE ${schema.name}.${name} ADD COLUMN z INT`),
    ).catch((error: unknown) => error);
    const killer = await schema.connect();
    const probing = async () =>
      (await processesOf(schema)).find(
        ({ statement = '' }) => /`_alterwise_\w+`\./.test(statement) && statement.includes(`\`${name}\``),
      );
    const { id } = await until('the probe is seen', probing, { everyMs: 0 });
    await killer.query(`KILL ${id}`).catch(() => {});
    const fault = await planning;
    t.ok(fault instanceof Fault, String(fault));
    t.match(fault, { id: 'connection-lost', exitCode: 11, state: nothingWasChanged });
    t.same(await scratchWith(schema, name), []);
    t.same(await deadScratch(schema), []);
  });
});

t.test(
  'what a dead alterwise has left goes with the next probe; what is alive, or not ours, stays',
  async (t) => {
    await forEachServer(t, serverKinds, async (t, server) => {
      const schema = await freshSchema(t, server);
      await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
      const [dead, alive, notes, long] = [someId(), someId(), '_alterwise_notes', `${someId()}_backup`];
      const names = [dead, alive, notes, long];
      t.teardown(async () => {
        for (const name of names) await schema.query(`DROP DATABASE IF EXISTS ${name}`);
      });
      const owner = await schema.connect();
      await owner.query('SELECT GET_LOCK(?, 1)', [alive]);
      const [deadClone, aliveClone] = [someId(), someId()].map((id) => `${id}_p`) as [string, string];
      await owner.query('SELECT GET_LOCK(?, 1)', [aliveClone.slice(0, -2)]);
      for (const name of names) {
        await schema.query(`CREATE DATABASE IF NOT EXISTS ${name}`);
        await schema.query(`CREATE TABLE IF NOT EXISTS ${name}.kept (id INT)`);
      }
      const clones = [deadClone, aliveClone, '_alterwise_notes', `${deadClone}_old`];
      for (const name of clones) await schema.query(`CREATE TABLE ${name} (id INT)`);

      const { session, facts: known } = await facts(t, server, schema);
      const replica = { ...known.server, topology: { ...known.server.topology, isReplica: true } };
      if (!(await exists(schema, dead))) t.comment('another probe was faster');
      else await withScratch(session, { ...known, server: replica }, settingsFor(server), async () => {});
      t.ok(
        (await schema.query(`SHOW TABLES LIKE '${deadClone}'`)).length,
        'on a replica the lock proves nothing',
      );

      await probeAlter(session, server, schema, 'ADD COLUMN z INT');
      t.notOk(await exists(schema, dead), 'of a dead one');
      for (const name of [alive, notes, long]) t.ok(await exists(schema, name), name);
      const left = await schema.query<Record<string, string>>("SHOW TABLES LIKE '\\_alterwise\\_%'");
      t.same(left.flatMap(Object.values).sort(), clones.slice(1).sort());
    });
  },
);

const onSchema = ['ALL ON @schema.*', 'PROCESS ON *.*'];

t.test(
  'an account with one schema works beside the table, and is told what it cannot do there',
  async (t) => {
    await forEachServer(t, serverKinds, async (t, server) => {
      const schema = await freshSchema(t, server);
      await schema.query('CREATE TABLE o (id INT PRIMARY KEY)');
      await schema.query(
        'CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, CONSTRAINT fk FOREIGN KEY (a) REFERENCES o (id))',
      );
      await schema.query('INSERT INTO o VALUES (1)');
      await schema.query('INSERT INTO t VALUES (1, 1, 1)');
      const account = await accountWith(t, server, schema, onSchema);
      const planOf = async (alter: string) => {
        return plannedAlter(await makePlan(requestFor(account, `ALTER TABLE ${schema.name}.t ${alter}`)));
      };
      for (const alter of ['ADD COLUMN z INT', 'ADD INDEX k (b, z)', 'MODIFY b BIGINT', 'DROP COLUMN z']) {
        const planned = await planOf(alter);
        t.ok(planned.clause, `${alter}: ${planned.reasons[0]?.text}`);
        await schema.query(alterSql(`${schema.name}.t`, planned.clause, planned.spec));
        t.equal((await readTableState(await sessionFor(t, account), planned)).state, 'as-promised', alter);
      }
      t.match(await planOf('ADD COLUMN b BIGINT'), { strategy: 'nothing' });
      const tables = await schema.query<Record<string, string>>('SHOW TABLES');
      t.same(tables.flatMap(Object.values).sort(), ['o', 't'], 'no clone is left');

      for (const alter of [
        'ADD CHECK (b > 0)',
        'DROP FOREIGN KEY fk',
        'ADD FOREIGN KEY (b) REFERENCES o (id)',
      ]) {
        const fault = await planOf(alter).catch((error: unknown) => error);
        t.match(
          fault,
          { id: 'probe-needs-scratch', exitCode: 11, next: /GRANT ALL ON `\\_alterwise\\_%`\.\*/ },
          alter,
        );
      }
      await schema.query(`GRANT ALL ON \`\\_alterwise\\_%\`.* TO ${account.name}`);
      t.match(await planOf('DROP FOREIGN KEY fk'), { strategy: 'instant' }, 'the grant is enough');
    });
  },
);

t.test('the room for clones can be named', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const room = `aw-room ${schema.name}`;
    await schema.query(`CREATE DATABASE \`${room}\``);
    t.teardown(async () => void (await schema.query(`DROP DATABASE \`${room}\``)));
    await schema.query('CREATE TABLE o (id INT PRIMARY KEY)');
    await schema.query(
      'CREATE TABLE t (id INT PRIMARY KEY, a INT, CONSTRAINT fk FOREIGN KEY (a) REFERENCES o (id))',
    );
    const account = await accountWith(t, server, schema, [...onSchema, `ALL ON \`${room}\`.*`]);
    const session = await sessionFor(t, account);
    const inRoom = (alter: string) =>
      probeAlter(session, account, schema, alter, { probe: 'scratch', scratchSchema: room });
    const left = async () => (await schema.query(`SHOW TABLES IN \`${room}\``)).flatMap(Object.values);

    t.match(await inRoom('DROP FOREIGN KEY fk'), { kind: 'applies', rebuilds: false });
    t.match(await inRoom('FORCE'), { kind: 'applies', class: 'rebuild', rebuilds: true });
    t.match(await inRoom('MODIFY a BIGINT'), { kind: 'rejected' });
    t.same(await left(), []);

    await schema.query(`CREATE TABLE \`${room}\`.t (mine INT)`);
    t.match(await inRoom('FORCE').catch((error: unknown) => error), {
      id: 'probe-failed',
      exitCode: 11,
      message: /t/,
    });
    t.same(await left(), ['t'], 'what was there before stays');

    const unnamed = probeAlter(session, account, schema, 'FORCE', { probe: 'scratch' });
    t.match(await unnamed.catch((error: unknown) => error), { id: 'probe-needs-scratch', exitCode: 11 });
  });
});

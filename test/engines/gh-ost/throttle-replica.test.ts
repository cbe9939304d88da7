import t from 'tap';
import type { Event } from '../../../lib/documents/event.js';
import { inspectServer } from '../../../lib/inspect/server.js';
import { run } from '../../../lib/run/run.js';
import { agrees, privateTemp, resultOf, stage } from '../../support/ghost-stage.js';
import { sessionFor } from '../../support/probing.js';
import { applying, type OwnServer, withOwnReplicas } from '../../support/replicated.js';
import { until } from '../../support/until.js';

privateTemp(t);
const rows = 4_000;

/** Two follow as they should; one stays an hour behind on purpose, for a day when somebody drops a table. */
await withOwnReplicas(t, 'mysql-9.7', [{}, {}, {}], async (t, primary, replicas) => {
  const [first, second, late] = replicas;
  if (first === undefined || second === undefined || late === undefined) throw new Error('no replicas');
  const on = await stage(t, primary, { rows });
  const arrived = async (replica: OwnServer) => {
    const [row] = await replica
      .query<{ n: number }>(`SELECT COUNT(*) AS n FROM \`${on.schema.name}\`.\`${on.table.name}\``)
      .catch(() => []);
    return row?.n === rows;
  };
  for (const replica of replicas) await until('the rows arrive', () => arrived(replica));
  await late.query('STOP REPLICA SQL_THREAD');
  await late.query('CHANGE REPLICATION SOURCE TO SOURCE_DELAY=3600');
  await late.query('START REPLICA SQL_THREAD');
  const maxLagMs = 300;
  const places = [first, second].map(({ host, port }) => `${host}:${port}`);

  await t.test('the copy pauses while a replica lags, and goes on afterwards', async (t) => {
    const session = await sessionFor(t, primary);
    const load = await on.load();
    const paused: string[] = [];
    let step: Promise<void> | undefined;
    const request = on.request('MODIFY amount BIGINT', {
      ghost: { chunkSize: 10, maxLagMs, flags: ['--nice-ratio=3'] },
      emit: (event) => {
        if (event.type !== 'progress' || event.phase !== 'copy') return;
        if (step === undefined && (event.rowsCopied ?? 0) > 0) step = applying(second, 'STOP');
        if (event.throttled === undefined) return;
        paused.push(event.throttled);
        if (paused.length === 4) step = goOn(step);
      },
    });
    const goOn = async (before: Promise<void> | undefined) => {
      await before;
      const [row] = await primary.query<{ n: number }>(
        `SELECT COUNT(*) AS n FROM \`${on.schema.name}\`.\`_${on.table.name}_gho\``,
      );
      t.ok((row?.n ?? rows) < rows, 'it was paused in the middle');
      const { topology } = await inspectServer(session);
      t.equal(topology.replicas, 3, 'gh-ost is no replica');
      t.equal((await primary.query('SHOW REPLICAS')).length, 4, 'though it registers as one');
      await applying(second, 'START');
    };
    const result = await resultOf(request);
    await step;
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.ok(paused.length >= 4, 'it was paused');
    const lag = new RegExp(`^${places[1]} replica-lag=[\\d.]+s$`);
    for (const why of paused) t.match(why, lag, 'it says which replica lags');
    t.match(await on.compare(await load.stop()), agrees);
    const said = warnings(request.events);
    t.match(said['replica-not-watched'], [
      `The lag of the replica at ${late.host}:${late.port} is not watched: it stays 1h behind on purpose.`,
    ]);
    t.same(said['replica-unreachable'], undefined);
    t.match(said['replica-schema'], [
      `The change has not reached the replica at ${late.host}:${late.port}: it is delayed by 1h on purpose.`,
    ]);
    const schemas = Object.fromEntries(result.replicas?.map(({ port, schema }) => [port, schema]) ?? []);
    t.same(schemas, { [first.port]: 'same', [second.port]: 'same', [late.port]: 'behind' });
    const [planned] = plans(request.events);
    const watched = planned?.reasons.find(({ id }) => id === 'replicas-watched')?.text ?? '';
    t.match(watched, /^The row copy pauses while a replica is more than 300ms behind: /);
    for (const place of places) t.match(watched, place);
    t.notMatch(watched, String(late.port));
    t.match(
      planned?.checks.filter(({ level }) => level !== 'ok'),
      [{ id: 'replica-not-watched', level: 'warning' }],
    );
  });

  await t.test('a replica that nobody gets to is named, and holds nothing up', async (t) => {
    await late.stop();
    await until('the primary notices', async () => {
      await primary.query('FLUSH TABLES'); // it notices when it has something to send
      return (await primary.query('SHOW REPLICAS')).length === 2;
    });
    const denied = { ...primary, user: 'local', password: 'secret' };
    await primary.query("CREATE USER local@'%' IDENTIFIED BY 'secret'");
    await primary.query("GRANT ALL ON *.* TO local@'%'");
    const isLocalThere = async () =>
      (await first.query('SELECT 1 FROM mysql.user WHERE user="local"')).length > 0;
    await until('the account arrives', isLocalThere);
    await first.query('SET sql_log_bin=0');
    await first.query("DROP USER local@'%'");
    const request = on.request('MODIFY day DATETIME', { ghost: { maxLagMs }, account: denied });
    const result = await resultOf(request);
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.match(warnings(request.events)['replica-unreachable'], [
      new RegExp(`^The lag of the replica at ${places[0]} cannot be watched: .* refuses local`),
    ]);
    const schemas = Object.fromEntries(result.replicas?.map(({ port, schema }) => [port, schema]) ?? []);
    t.same(schemas, { [first.port]: 'unreachable', [second.port]: 'same' });
  });

  await t.test('--throttle-replica none lets no replica count', async (t) => {
    await applying(second, 'STOP');
    const request = on.request('MODIFY day DATE', { ghost: { throttleReplicas: [] } });
    const { statements } = await run(request);
    t.match(statements, [{ outcome: 'done', exitCode: 0 }]);
    t.same(
      plans(request.events)[0]?.reasons.filter(({ id }) => id === 'replicas-watched'),
      [],
    );
    const schemas = Object.fromEntries(
      statements[0]?.replicas?.map(({ port, schema }) => [port, schema]) ?? [],
    );
    t.same(schemas, { [first.port]: 'same', [second.port]: 'behind' });
    t.match(warnings(request.events)['replica-schema'], [/its replication has stopped\.$/]);
  });
});

function warnings(events: readonly Event[]): Record<string, string[] | undefined> {
  const found: Record<string, string[] | undefined> = {};
  for (const event of events) {
    if (event.type === 'warning') found[event.id] = [...(found[event.id] ?? []), event.text];
  }
  return found;
}

function plans(events: readonly Event[]) {
  return events.flatMap((event) => (event.type === 'plan' ? event.plan.statements : []));
}

import t from 'tap';
import {
  hasApplied,
  readBinlogPlace,
  readReplication,
  type Visit,
  visitReplicas,
} from '../../lib/inspect/replication.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { addressOf, type Follower } from '../../lib/inspect/topology.js';
import type { ServerKind } from '../sandbox/index.js';
import { sessionFor } from '../support/probing.js';
import { applying, withOwnReplicas } from '../support/replicated.js';
import { connectionTo } from '../support/settings.js';
import { until } from '../support/until.js';

const nothing = { runs: true, delaySeconds: 0, filters: false };
const noReplicas = { isReplica: false, replicas: 0, followers: [] };

for (const kind of ['mysql-9.7', 'mariadb-10.11'] satisfies ServerKind[]) {
  const silent = { variables: { 'report-host': '' } };
  await withOwnReplicas(t, kind, [{}, silent], async (t, primary, replicas) => {
    const session = await sessionFor(t, primary);
    const server = await inspectServer(session);
    const { followers = [] } = server.topology;
    t.match(server.topology, { isReplica: false, replicas: 2 });
    const places = followers.map(({ host, port }) => ({ host, port }));
    t.same(
      places.sort(byPort),
      replicas.map(({ host, port }) => ({ host, port })).sort(byPort),
      'also the one that does not say its host',
    );

    if (kind === 'mysql-9.7') {
      await primary.query("CREATE USER poor@'%' IDENTIFIED BY 'secret'");
      await primary.query("GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO poor@'%'");
      const poor = await sessionFor(t, { ...primary, user: 'poor', password: 'secret' });
      const { topology } = await inspectServer(poor);
      t.equal(topology.replicas, 2);
      const known = topology.followers?.map(({ host }) => host);
      t.same(new Set(known), new Set(['127.0.0.1', undefined]), 'who may not look at connections knows one');
    }

    const [first] = replicas;
    if (first === undefined) throw new Error('no replica');
    const its = await sessionFor(t, first);
    t.match((await inspectServer(its)).topology, { ...noReplicas, isReplica: true });

    const place = await readBinlogPlace(session, server);
    if (place === undefined) throw new Error('no place in the binary log');
    const following = () => readReplication(its, server, followers[0]?.sourceId);
    await until('all is applied', async () => hasApplied((await following()) ?? nothing, place));
    t.match(await following(), { runs: true, secondsBehind: 0, delaySeconds: 0, filters: false });
    await applying(first, 'STOP');
    await primary.query('CREATE SCHEMA more');
    const later = await readBinlogPlace(session, server);
    const stopped = await following();
    t.match(stopped, { runs: false, secondsBehind: undefined });
    t.notOk(later && stopped && hasApplied(stopped, later));
    t.equal(await readReplication(session, server, 1), undefined, 'a primary follows nobody');

    const ask = (who: readonly Follower[]) => visitReplicas(connectionTo(primary), who, async () => 'let in');
    t.same((await ask(followers)).map(said), ['let in', 'let in']);
    const moved = followers.map((follower) => ({ ...follower, port: primary.port }));
    t.same((await ask(moved)).map(said), ['another server answers there', 'another server answers there']);
    const { host: _, ...lost } = followers[0] ?? {};
    t.match((await ask([lost])).map(said), [/^its address is unknown/]);
    await first.stop();
    const gone = (await ask(followers)).find(({ follower }) => follower.port === first.port);
    t.match(gone && said(gone), /cannot be reached: .*ECONNREFUSED/);
  });
}

t.test('places in a binary log', (t) => {
  const at = (file: string, position: number) => ({ ...nothing, applied: { file, position } });
  t.ok(hasApplied(at('bin.000002', 4), { file: 'bin.000002', position: 4 }));
  t.notOk(hasApplied(at('bin.000002', 3), { file: 'bin.000002', position: 4 }));
  t.ok(hasApplied(at('bin.000003', 4), { file: 'bin.000002', position: 900 }));
  t.notOk(hasApplied(at('bin.999999', 9), { file: 'bin.1000000', position: 4 }));
  t.notOk(hasApplied(nothing, { file: 'bin.000001', position: 4 }), 'what is not known was not applied');
  t.end();
});

t.test('addresses', (t) => {
  t.equal(addressOf({ host: 'db2', port: 3307 }), 'db2:3307');
  t.equal(addressOf({ host: '::1', port: 3306 }), '[::1]:3306');
  t.equal(addressOf({ port: 3306 }), 'an unknown host, port 3306');
  t.equal(addressOf({}), 'an unknown host');
  t.end();
});

function said(visit: Visit<string>): string {
  return 'why' in visit ? visit.why : visit.answer;
}

function byPort(a: { port?: number | undefined }, b: { port?: number | undefined }): number {
  return (a.port ?? 0) - (b.port ?? 0);
}

import t from 'tap';
import { replicaGate } from '../../lib/cut-over/lag-gates.js';
import { forEachServer, freshSchema } from '../servers.js';
import { connectionTo } from '../support/settings.js';

/** Any server will do for a replica: it is one that has gh-ost's heartbeats. */
await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const schema = await freshSchema(t, server);
  const place = `${server.host}:${server.port}`;
  let maxLagMs = 60_000;
  const gate = (replicas: readonly string[]) =>
    replicaGate(connectionTo(server), replicas, { schema: schema.name, name: '_t_ghc' }, () => maxLagMs);
  const beat = (ageMs: number) =>
    schema.query('REPLACE INTO _t_ghc VALUES (1, ?, ?)', [
      'heartbeat',
      new Date(Date.now() - ageMs).toISOString(),
    ]);

  t.equal(await gate([])(), undefined, 'no replica is waited for');
  t.match(await gate([place])(), {
    id: 'cut-over-lag',
    text: new RegExp(`^the replica at ${place}: Table '.*_t_ghc' doesn't exist$`),
  });
  await schema.query('CREATE TABLE _t_ghc (id BIGINT PRIMARY KEY, hint VARCHAR(64), value VARCHAR(255))');
  t.match(await gate([place])(), { text: `the replica at ${place}: no heartbeat has arrived yet` });
  await beat(0);
  t.equal(await gate([place])(), undefined);
  await beat(90_000);
  t.match(await gate([place])(), {
    text: new RegExp(`^the replica at ${place}: it lags by \\S+ \\d+\\.?\\d*s \\(limit 1m\\)$`),
    reason: place,
  });
  t.match(await gate([place, '127.0.0.1:1'])(), { reason: place });
  await beat(0);
  t.match(await gate([place, '127.0.0.1:1'])(), { text: /^the replica at 127\.0\.0\.1:1: .*ECONNREFUSED/ });

  await beat(90_000);
  const waiting = gate([place]);
  t.match(await waiting(), { reason: place });
  maxLagMs = 600_000;
  t.equal(await waiting(), undefined, 'what was set while it waits holds');
});

import t from 'tap';
import { forEachServer } from '../../servers.js';
import { agrees, ghostsOn, privateTemp, resultOf, stage } from '../../support/ghost-stage.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/until.js';

privateTemp(t);

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test(
    'what the server keeps of a run behind a silent network is not in the way of the next',
    async (t) => {
      const on = await stage(t, server, { rows: 4_000 });
      const load = await on.load({ perSecond: 50 });
      const proxy = await startTcpProxy(server.port);
      t.teardown(() => proxy.close());
      const account = { ...server, port: proxy.port };
      const stop = new AbortController();
      let isCopying = false;
      const running = resultOf(
        on.request('MODIFY amount BIGINT', {
          account,
          signal: stop.signal,
          ghost: { chunkSize: 50, flags: ['--nice-ratio=3'] },
          emit: (event) => {
            if (event.type !== 'progress' || (event.rowsCopied ?? 0) === 0 || isCopying) return;
            isCopying = true;
            proxy.silence();
            stop.abort();
          },
        }),
      );
      const isStopped = async () => isCopying && (await ghostsOn(on.schema.name)).length === 0;
      await until('gh-ost is stopped in the middle of its row copy', isStopped, { limitMs: 120_000 });
      proxy.heal();
      const result = await running;
      t.match(result, { outcome: 'aborted', exitCode: 6, left: undefined });
      const again = await resultOf(on.request('MODIFY amount BIGINT', { account }));
      t.match(again, { outcome: 'done', exitCode: 0 }, JSON.stringify(again));
      t.match(await on.compare(await load.stop()), agrees);
    },
  );
});

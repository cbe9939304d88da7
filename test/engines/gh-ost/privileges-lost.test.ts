import t from 'tap';
import { forEachServer, freshSchema } from '../../servers.js';
import { accountWith } from '../../support/account.js';
import { privateTemp, resultOf, stage } from '../../support/ghost-stage.js';

privateTemp(t);

const losses = [
  ['its privileges', (name: string) => `REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${name}`],
  ['itself', (name: string) => `ALTER USER ${name} ACCOUNT LOCK`],
] as const;

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  for (const [what, sql] of losses) {
    t.test(`an account that loses ${what} while a copy is made: exit 9, and what may be left`, async (t) => {
      const schema = await freshSchema(t, server);
      const account = await accountWith(t, server, schema, ['ALL ON *.*']);
      const on = await stage(t, server, { rows: 4_000, schema });
      const before = await on.definition();
      let lost: Promise<unknown> | undefined;
      const lose = async () => {
        await schema.query(sql(account.name));
        // Those that are there keep what they were let in with.
        const rows = await schema.query<{ Id: number; User: string }>('SHOW PROCESSLIST');
        const own = rows.filter(({ User }) => User === account.user);
        for (const { Id } of own) await schema.query(`KILL ${Id}`).catch(() => {});
      };
      const result = await resultOf(
        on.request('MODIFY amount BIGINT', {
          account,
          ghost: { chunkSize: 50, flags: ['--nice-ratio=3'] },
          emit: (event) => {
            if (event.type === 'progress' && (event.rowsCopied ?? 0) > 0) lost ??= lose();
          },
        }),
      );
      await lost;
      t.match(result, { outcome: 'unknown', exitCode: 9, reason: { id: 'server-gone' } });
      t.match(result.reason.text, /denied|locked/);
      const beside = await on.beside();
      t.ok(beside.length > 0);
      for (const name of beside) t.ok(result.left?.includes(name), `${name} is named`);
      t.equal(await on.definition(), before);
    });
  }
});

import type { Test } from 'tap';
import { ServerUnavailable, startServer } from '../sandbox/index.js';
import type { ServerKind } from '../sandbox/types.js';
import type { TestServer } from '../servers.js';

interface OwnServersOptions {
  /** Settings of the servers. */
  variables?: Readonly<Record<string, string>>;
}

/** One subtest for each kind on a server of its own: for what would disturb the tests that share one. */
export async function forEachOwnServer(
  t: Test,
  kinds: readonly ServerKind[],
  options: OwnServersOptions,
  body: (t: Test, server: TestServer) => Promise<unknown>,
): Promise<void> {
  const servers = await Promise.all(kinds.map((kind) => startServer(kind, options).catch(unavailable)));
  for (const [at, started] of servers.entries()) {
    const kind = kinds[at] as ServerKind;
    if (started instanceof ServerUnavailable) {
      await t.test(kind, { skip: started.reason }, async () => {});
      continue;
    }
    t.teardown(() => started.stop());
    const { host, port, user, password } = started;
    await t.test(kind, async (t) => void (await body(t, { kind, host, port, user, password })));
  }
}

function unavailable(error: unknown): ServerUnavailable {
  if (error instanceof ServerUnavailable) return error;
  throw error;
}

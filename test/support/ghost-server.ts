import type { Test } from 'tap';
import { type ServerKind, ServerUnavailable, startServer } from '../sandbox/index.js';
import type { TestServer } from '../servers.js';

/**
 * A test with a server of its own, for what is a matter of the whole server; skipped with the reason where such a
 * server cannot be had.
 * @param variables more settings of the server
 */
export async function withOwnServer(
  t: Test,
  kind: ServerKind,
  name: string,
  variables: Readonly<Record<string, string>>,
  body: (t: Test, server: TestServer) => Promise<unknown>,
): Promise<void> {
  let started: Awaited<ReturnType<typeof startServer>>;
  try {
    started = await startServer(kind, { variables });
  } catch (error) {
    if (!(error instanceof ServerUnavailable)) throw error;
    await t.test(`${kind}: ${name}`, { skip: error.reason }, async () => {});
    return;
  }
  await t.test(`${kind}: ${name}`, async (t) => {
    t.teardown(() => started.stop());
    const { host, port, user, password } = started;
    await body(t, { kind, host, port, user, password });
  });
}

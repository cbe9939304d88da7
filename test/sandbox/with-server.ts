import { startServer } from './start-server.js';
import type { SandboxOptions, SandboxServer, ServerKind } from './types.js';

/** Starts a throwaway server, hands it to `use`, and removes it whatever happens. */
export async function withServer<T>(
  kind: ServerKind,
  options: SandboxOptions,
  use: (server: SandboxServer) => Promise<T>,
): Promise<T> {
  const server = await startServer(kind, options);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

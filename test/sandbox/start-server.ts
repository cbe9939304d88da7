import { installServer } from './install-server.js';
import { startProgram } from './start-program.js';
import type { SandboxOptions, SandboxServer, ServerKind } from './types.js';

/**
 * Starts a throwaway server of this kind, installing it into the cache first where it is not there.
 * @throws {ServerUnavailable} where such a server cannot be had on this machine.
 */
export async function startServer(kind: ServerKind, options: SandboxOptions = {}): Promise<SandboxServer> {
  return startProgram(await installServer(kind, options), options);
}

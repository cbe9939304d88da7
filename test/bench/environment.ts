import type { SandboxServer } from '../sandbox/index.js';

/** How alterwise is told where to work, as in a pipeline. */
export function environmentOf(
  { host, port, user, password }: SandboxServer,
  stateDir: string,
  ghostPath: string,
): Record<string, string> {
  return {
    ALTERWISE_HOST: host,
    ALTERWISE_PORT: String(port),
    ALTERWISE_USER: user,
    ALTERWISE_PASSWORD: password,
    ALTERWISE_STATE_DIR: stateDir,
    GH_OST: ghostPath,
  };
}

import { exitCodes } from '../../lib/exit-code.js';
import { Fault } from '../../lib/fault.js';
import type { SandboxServer } from './types.js';

/** The server that ALTERWISE_SANDBOX_URL names (`mysql://user:password@host:port`): ours to use, not to stop. */
export function externalServer(url: string): SandboxServer {
  if (!URL.canParse(url) || new URL(url).protocol !== 'mysql:') {
    throw new Fault('ALTERWISE_SANDBOX_URL is not of the form mysql://user:password@host:port.', {
      id: 'sandbox-url',
      exitCode: exitCodes.usage,
    });
  }
  const { hostname, port, username, password } = new URL(url);
  return {
    kind: 'external',
    host: hostname || '127.0.0.1',
    port: Number(port || 3306),
    user: decodeURIComponent(username || 'root'),
    password: decodeURIComponent(password),
    stop: async () => {},
    kill: async () => {},
  };
}

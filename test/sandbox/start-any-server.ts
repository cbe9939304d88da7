import { dockerServer, hasDocker } from './docker-server.js';
import { externalServer } from './external-server.js';
import { programOnPath } from './program-on-path.js';
import { startProgram } from './start-program.js';
import { startServer } from './start-server.js';
import type { SandboxOptions, SandboxServer, ServerFlavor } from './types.js';
import { ServerUnavailable } from './unavailable.js';

export interface AnyServerOptions extends SandboxOptions {
  /** Only a server of this kind will do. */
  flavor?: ServerFlavor | undefined;
  env?: NodeJS.ProcessEnv | undefined;
}

/** One way to a server: undefined where this machine does not offer it. */
interface Way {
  name: string;
  flavor?: ServerFlavor;
  start(options: AnyServerOptions): Promise<SandboxServer | undefined>;
}

/**
 * Starts a throwaway server by the first way that this machine offers, the cheapest first; a way that fails
 * gives its reason and lets the next one try. A server that is named is taken, or nothing.
 */
export async function startAnyServer(options: AnyServerOptions = {}): Promise<SandboxServer> {
  const named = (options.env ?? process.env).ALTERWISE_SANDBOX_URL;
  if (named) return externalServer(named);
  const reasons: string[] = [];
  for (const way of ways.filter(({ flavor }) => !flavor || !options.flavor || flavor === options.flavor)) {
    try {
      const server = await way.start(options);
      if (server !== undefined) return server;
      reasons.push(`${way.name}: not here`);
    } catch (error) {
      options.signal?.throwIfAborted();
      reasons.push(`${way.name}: ${error instanceof Error ? error.message : String(error)}`);
      options.onProgress?.(`${reasons.at(-1)}; trying the next way`);
    }
  }
  throw new ServerUnavailable('A throwaway server', reasons.join('; '));
}

const ways: readonly Way[] = [
  { name: 'mysqld on PATH', start: (options) => fromPath('mysqld', options) },
  { name: 'mariadbd on PATH', flavor: 'mariadb', start: (options) => fromPath('mariadbd', options) },
  {
    name: 'Docker',
    flavor: 'mysql',
    start: async (options) => ((await hasDocker()) ? dockerServer(options) : undefined),
  },
  { name: 'MySQL 9.7 from Debian', flavor: 'mysql', start: (options) => startServer('mysql-9.7', options) },
  {
    name: 'MariaDB 10.11 from Debian',
    flavor: 'mariadb',
    start: (options) => startServer('mariadb-10.11', options),
  },
];

async function fromPath(
  name: 'mysqld' | 'mariadbd',
  { env, flavor, ...options }: AnyServerOptions,
): Promise<SandboxServer | undefined> {
  const program = await programOnPath(name, env);
  if (program === undefined || (flavor !== undefined && program.flavor !== flavor)) return undefined;
  return startProgram(program, options);
}

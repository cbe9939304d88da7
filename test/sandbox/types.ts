export const serverKinds = ['mysql-5.7', 'mysql-8.0', 'mysql-9.7', 'mariadb-10.11', 'mariadb-11.4'] as const;

export type ServerKind = (typeof serverKinds)[number];

export type ServerFlavor = 'mysql' | 'mariadb';

export interface SandboxOptions {
  /** Told what is being waited for; anything that may last over two seconds says so. */
  onProgress?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** More settings of the server, as `--name=value`; they win over ours. */
  variables?: Readonly<Record<string, string>> | undefined;
  /** Of root; absent: one is made up. */
  password?: string | undefined;
  /** The server lives on when this process ends; only `stop()` ends it. */
  detached?: boolean | undefined;
}

export interface SandboxServer {
  readonly kind: ServerKind | 'path' | 'docker' | 'external';
  readonly host: string;
  readonly port: number;
  readonly socket?: string;
  readonly user: string;
  readonly password: string;
  /** The server's own process. */
  readonly pid?: number;
  readonly dataDir?: string;
  /** Ends the server in good order and removes all that it left. Does nothing the second time. */
  stop(): Promise<void>;
  /** The power cut: ends the server at once. What it left is removed all the same. */
  kill(): Promise<void>;
}

/** A server program that is installed, and how it is to be called. */
export interface ServerProgram {
  kind: SandboxServer['kind'];
  flavor: ServerFlavor;
  /** The program, preceded by the loader that it needs, if any. */
  command: readonly [string, ...string[]];
  /** Where its own files are: options for every start. */
  args: readonly string[];
  /** MariaDB: where the SQL that makes the system tables is. */
  sqlFolder?: string;
  /** Tells apart the templates of the data folder; changes with the version. */
  version: string;
}

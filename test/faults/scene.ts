import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { fillTable, type Load, type LoadTable, startLoad } from '../load/index.js';
import type { ServerKind } from '../sandbox/types.js';
import { type Cli, startCli } from '../support/ghost-cli.js';
import { columns, ghostsOn, seed } from '../support/ghost-stage.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import type { Engine } from './fault.js';
import type { FaultyServer } from './server.js';

/** What a fault happens to: a table that is written to, and an alterwise that changes it through a network. */
export interface Scene {
  engine: Engine;
  server: FaultyServer;
  proxy: TcpProxy;
  table: LoadTable;
  /** `user@host`, quoted: the account that alterwise runs as. */
  account: string;
  /** What it was granted. */
  grants: readonly string[];
  stateDir: string;
  load: Load;
  /** Ends the load at once: it would go on trying for long where there is no table any more. */
  leave(): void;
  /** The run that is under way, or was. */
  cli: Cli;
  /** One statement as root, on a connection of its own that does not go through the proxy. */
  root(sql: string): Promise<RowDataPacket[]>;
  /** Opens a transaction that has read a row of the table, which nobody can change until it is released. */
  hold(): Promise<void>;
  release(): void;
  ghostPids(): Promise<number[]>;
  /** Ids of the server's connections of gh-ost, or of alterwise itself. */
  connections(of: 'alterwise' | 'gh-ost'): Promise<number[]>;
  /** Starts the statement as a run. @param slowly so that there is time for a fault */
  run(slowly: boolean): Promise<Cli>;
  /** Starts another command of alterwise. */
  command(args: readonly string[]): Cli;
  /** Tables beside the table, and scratch schemas. */
  beside(): Promise<string[]>;
  definition(): Promise<string>;
  /** Temporary folders of alterwise that are still there. */
  folders: string;
  close(): Promise<void>;
}

const tableDefinition =
  'id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, code VARCHAR(20), amount INT, note VARCHAR(20), day DATE, ' +
  'more INT NOT NULL DEFAULT 7, KEY (code)';

/** A direct ALTER has to last long enough for something to happen; of more than 500,000 a plan has to be reviewed. */
function usualRows(engine: Engine, kind: ServerKind): number {
  if (engine === 'gh-ost') return 20_000;
  return kind === 'mariadb-10.11' ? 480_000 : 300_000;
}

/** What each engine is asked for, and how it is told from what was there before. */
export const changes = {
  'gh-ost': { spec: 'MODIFY amount BIGINT', after: /`amount` bigint/ },
  direct: { spec: 'MODIFY amount INT NOT NULL', after: /`amount` int(\(11\))? NOT NULL/ },
} as const;

let count = 0;

export async function setScene(
  server: FaultyServer,
  engine: Engine,
  rows = usualRows(engine, server.kind),
): Promise<Scene> {
  const name = `awfaults${++count}${randomBytes(2).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'alterwise-scene-'));
  const leave = new AbortController();
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const address = { host: '127.0.0.1', port: server.port, user: 'root', password: server.password };
  const root = (sql: string) => asRoot(address, sql);
  const close = async () => {
    leave.abort();
    for (const step of undo.reverse()) await step();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const proxy = await startTcpProxy(server.port);
    undo.push(() => proxy.close());
    await root(`CREATE DATABASE ${name}`);
    undo.push(() => dropDatabase(root, name));
    const grants = grantsFor(server, name);
    const account = `'${name}'@'%'`;
    await root(`CREATE USER ${account} IDENTIFIED BY 'secret'`);
    undo.push(() => root(`DROP USER IF EXISTS ${account}`).catch(() => {}));
    for (const grant of grants) await root(`GRANT ${grant} TO ${account}`);
    const table: LoadTable = { schema: name, name: 't', columns, rows };
    await filled(root, address, table);
    const load = await startLoad({
      connection: address,
      table,
      seed,
      perSecond: 100,
      writers: 2,
      signal: leave.signal,
    });
    let holder: Connection | undefined;
    const release = () => {
      holder?.destroy();
      holder = undefined;
    };
    undo.push(release);
    const stateDir = join(folder, 'state');
    const temp = join(folder, 'tmp');
    await mkdir(temp);
    const { path } = await installGhost();
    let cli: Cli | undefined;
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: '/nonexistent',
      TMPDIR: temp,
      ALTERWISE_HOST: '127.0.0.1',
      ALTERWISE_PORT: String(proxy.port),
      ALTERWISE_USER: name,
      ALTERWISE_PASSWORD: 'secret',
      ALTERWISE_STATE_DIR: stateDir,
      GH_OST: path,
      ...server.clock?.env,
    };
    const start = (args: readonly string[]) =>
      startCli({ teardown: (step: () => unknown) => void undo.push(step) }, args, env);
    const scene: Omit<Scene, 'cli'> = {
      engine,
      server,
      proxy,
      table,
      account,
      grants,
      stateDir,
      load,
      leave: () => leave.abort(),
      root,
      hold: async () => {
        const connection = await createConnection({ ...address, database: name });
        holder = connection;
        connection.on('error', () => {});
        await connection.query('START TRANSACTION');
        await connection.query('SELECT * FROM t LIMIT 1');
      },
      release,
      ghostPids: async () => (await ghostsOn(name)).map(({ pid }) => pid),
      connections: (of) => connectionsOf(root, server, name, of),
      run: async (slowly) => {
        cli = start(argumentsFor(engine, name, slowly));
        return cli;
      },
      command: (args) => start(args),
      beside: async () =>
        (
          await root(
            `SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS name FROM information_schema.TABLES
              WHERE TABLE_SCHEMA='${name}' AND TABLE_NAME<>'t' OR TABLE_SCHEMA LIKE '\\_alterwise\\_%' ORDER BY 1`,
          )
        ).map((row) => String(row.name)),
      definition: async () => {
        const [row] = await root(`SHOW CREATE TABLE ${name}.t`).catch(() => []);
        return String(row?.['Create Table'] ?? '').replace(/ AUTO_INCREMENT=\d+/, '');
      },
      folders: temp,
      close,
    };
    return Object.defineProperty(scene, 'cli', {
      get: () => {
        if (cli === undefined) throw new Error('nothing was run yet');
        return cli;
      },
    }) as Scene;
  } catch (error) {
    await close();
    throw error;
  }
}

async function asRoot(address: object, sql: string): Promise<RowDataPacket[]> {
  const connection = await createConnection({ ...address, connectTimeout: 10_000 });
  connection.on('error', () => {});
  try {
    await connection.query('SET SESSION lock_wait_timeout=20');
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows;
  } finally {
    connection.destroy();
  }
}

/** Whoever still works on it is ended first. */
async function dropDatabase(root: Scene['root'], name: string): Promise<void> {
  for (const { Id, db, User } of await root('SHOW PROCESSLIST')) {
    if (db === name || User === name) await root(`KILL ${Id}`).catch(() => {});
  }
  await root(`DROP DATABASE IF EXISTS ${name}`);
}

function grantsFor({ kind }: FaultyServer, schema: string): string[] {
  const onSchema = `ALTER, CREATE, DELETE, DROP, INDEX, INSERT, LOCK TABLES, REFERENCES, SELECT, TRIGGER, UPDATE ON ${schema}.*`;
  const room = 'ALTER, CREATE, DROP, INDEX, INSERT, REFERENCES, SELECT ON `\\_alterwise\\_%`.*';
  const replicas =
    kind === 'mariadb-10.11'
      ? 'PROCESS, REPLICATION MASTER ADMIN, REPLICA MONITOR ON *.*'
      : 'PROCESS, REPLICATION CLIENT, REPLICATION SLAVE ON *.*';
  return [replicas, 'SELECT, UPDATE ON performance_schema.*', onSchema, room];
}

/** Filled once for each server, and copied from there. */
async function filled(root: Scene['root'], address: object, table: LoadTable): Promise<void> {
  const base = { ...table, schema: 'awbase', name: `rows${table.rows}` };
  await root('CREATE DATABASE IF NOT EXISTS awbase');
  const [there] = await root(`SHOW TABLES FROM awbase LIKE '${base.name}'`);
  if (there === undefined) {
    await root(`CREATE TABLE awbase.${base.name} (${tableDefinition}) DEFAULT CHARSET utf8mb4`);
    await fillTable({ connection: { ...address }, table: base, seed });
  }
  const name = `${table.schema}.${table.name}`;
  await root(`CREATE TABLE ${name} (${tableDefinition}) DEFAULT CHARSET utf8mb4`);
  await root(`INSERT INTO ${name} SELECT * FROM awbase.${base.name}`);
  await root(`ANALYZE TABLE ${name}`);
}

/** Those of gh-ost name their driver, or read the binlog; where the server keeps no attributes, gh-ost does not run. */
async function connectionsOf(
  root: Scene['root'],
  server: FaultyServer,
  user: string,
  of: 'alterwise' | 'gh-ost',
): Promise<number[]> {
  const all = (await root('SHOW PROCESSLIST')).filter(({ User }) => User === user);
  const marked = server.kind.startsWith('mariadb')
    ? []
    : await root(
        `SELECT DISTINCT PROCESSLIST_ID AS id FROM performance_schema.session_connect_attrs
          WHERE ATTR_NAME='_client_name' AND ATTR_VALUE LIKE 'Go-MySQL%'`,
      );
  const ghosts = new Set(marked.map(({ id }) => Number(id)));
  const isGhost = ({ Id, Command }: RowDataPacket) =>
    ghosts.has(Number(Id)) || String(Command).startsWith('Binlog Dump');
  return all.filter((each) => isGhost(each) === (of === 'gh-ost')).map(({ Id }) => Number(Id));
}

function argumentsFor(engine: Engine, schema: string, slowly: boolean): string[] {
  const slow = slowly ? ['--chunk-size', '250', '--gh-ost-flag=--nice-ratio=1'] : [];
  return [
    ...['run', '--table', `${schema}.t`, '--alter', changes[engine].spec, '--strategy', engine, '--verbose'],
    ...['--progress', 'ndjson', '--format', 'json', '--rehearse', 'off', '--lock-budget', '15s'],
    ...(engine === 'gh-ost' ? slow : ['--stall-budget', '30s', '--direct-budget', '10m']),
  ];
}

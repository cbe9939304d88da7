import { isTame, rememberWild } from '../mysql/connect.js';
import { scriptTask } from '../scripts/script-folder.js';
import { bounded } from './bounded.js';
import type { Carrier } from './carrier.js';
import { change } from './change.js';
import { intercept } from './intercept.js';
import { Recorder } from './recorder.js';
import { knownStatements, passingKind } from './statement-kind.js';
import type { ToolConnection } from './tool-connection.js';

type Make = (...args: unknown[]) => unknown;

/** A pool, a cluster or a connection, of the callback form or of the promises around it. */
interface Made {
  connection?: ToolConnection;
  pool?: Pool;
  poolCluster?: Cluster;
}

interface Pool {
  on(event: 'connection', listener: (connection: ToolConnection) => void): unknown;
}

interface Cluster {
  add(...args: unknown[]): unknown;
  _nodes: Record<string, { pool: Pool }>;
}

const watched = new WeakSet<object>();

let known: { recorder?: Recorder } | undefined;

/** Asked when the first connection is opened: a process that opens none is none of our business. */
function recorder(): Recorder | undefined {
  if (known === undefined) {
    const task = scriptTask();
    known = task?.mode === 'record' ? { recorder: new Recorder(task) } : {};
  }
  return known.recorder;
}

function carrier(): Carrier {
  return recorder() ?? live;
}

const takeConnection = (made: Made) => intercept(made.connection ?? (made as ToolConnection), carrier());
const takePool = (made: Made) => watch(made.pool ?? (made as Pool));
const takeCluster = (made: Made) => {
  const cluster = made.poolCluster ?? (made as Cluster);
  watchCluster(cluster);
  // The one with promises calls the other's class, and not its own copy of the function.
  if (made !== cluster) (made as Cluster).add = cluster.add;
};

/** The functions of mysql2 and mysql2/promise that open connections. */
const makers: Readonly<Record<string, (made: Made) => void>> = {
  connect: takeConnection,
  createConnection: takeConnection,
  createConnectionPromise: takeConnection,
  createPool: takePool,
  createPoolPromise: takePool,
  createPoolCluster: takeCluster,
  createPoolClusterPromise: takeCluster,
};

const classes: Readonly<Record<string, (made: Made) => void>> = {
  Connection: takeConnection,
  Pool: takePool,
};

/**
 * The functions of mysql2 or mysql2/promise that open connections, each so that what it opens is intercepted.
 * @param mysql2 the module's exports
 */
export function tamed(mysql2: object): PropertyDescriptorMap {
  const found: PropertyDescriptorMap = {};
  for (const [name, take] of Object.entries(makers)) {
    const make: unknown = Reflect.get(mysql2, name);
    if (typeof make !== 'function') continue;
    const value = tamedMaker(make as Make, take);
    found[name] = { value, enumerable: true, configurable: true, writable: true };
  }
  // mysql2/promise has classes of these names that only wrap what was opened already.
  for (const [name, take] of 'authPlugins' in mysql2 ? Object.entries(classes) : []) {
    const wild: unknown = Reflect.get(mysql2, name);
    if (typeof wild !== 'function' || isTame(wild as Make)) continue;
    const value = rememberWild(tamedClass(wild as Make, take), wild as Make);
    found[name] = { value, enumerable: true, configurable: true, writable: true };
  }
  return found;
}

/** The classes behind them, for who makes them by hand. */
function tamedClass(wild: Make, take: (made: Made) => void): Make {
  return new Proxy(wild, {
    construct(target, args, newTarget) {
      if (recorder() !== undefined) {
        throw new Error(
          'alterwise: open connections by createConnection or createPool, so that they get the copy.',
        );
      }
      const made: Made = Reflect.construct(target, args, newTarget);
      take(made);
      return made;
    },
  });
}

function tamedMaker(make: Make, take: (made: Made) => void): Make {
  if (isTame(make)) return make;
  const tame = (...args: unknown[]) => {
    const made = make(...args.map(onCopy));
    if (!isThenable(made)) {
      take(made as Made);
      return made;
    }
    return made.then((connection) => {
      take(connection as Made);
      return connection;
    });
  };
  return rememberWild(tame, make);
}

/** Options of a connection, or an address: where a script is only recorded, of the copy of its schema. */
function onCopy(options: unknown): unknown {
  const recording = recorder();
  if (recording === undefined) return options;
  // The name of a node of a cluster is a text as well.
  if (typeof options === 'string' && /^[a-z][\w+.-]*:\/\//i.test(options)) {
    const url = new URL(options);
    url.pathname = `/${encodeURIComponent(recording.schemaFor(decodeURIComponent(url.pathname.slice(1))))}`;
    return url.href;
  }
  if (typeof options !== 'object' || options === null) return options;
  const { uri, database } = options as { uri?: unknown; database?: string };
  if (uri !== undefined && database === undefined) return { ...options, uri: onCopy(String(uri)) };
  return { ...options, database: recording.schemaFor(database) };
}

/** mysql2 takes a Promise of the user's own. */
function isThenable(made: unknown): made is PromiseLike<unknown> {
  return typeof made === 'object' && made !== null && typeof Reflect.get(made, 'then') === 'function';
}

function watch(pool: Pool): void {
  if (watched.has(pool)) return;
  watched.add(pool);
  pool.on('connection', (connection) => intercept(connection, carrier()));
}

/** A cluster makes the pools of its nodes by itself, and tells nobody. */
function watchCluster(cluster: Cluster): void {
  const add = cluster.add.bind(cluster);
  cluster.add = (...args) => {
    const added = add(...args.map(onCopy));
    for (const { pool } of Object.values(cluster._nodes)) watch(pool);
    return added;
  };
}

/** Changes of tables through alterwise, other DDL under a bounded lock wait, and the rest as it is. */
const live: Carrier = {
  attended(text, { config }, session) {
    const isMultiple = Boolean(config.multipleStatements);
    const kind = isMultiple && text.includes(';') ? undefined : passingKind(text);
    if (kind !== undefined) {
      session?.note(kind);
      return [];
    }
    const statements = knownStatements(text, isMultiple);
    if (statements.some((each) => each.kind === 'change' || each.kind === 'ddl')) return statements;
    for (const statement of statements) session?.note(statement.kind);
    return [];
  },
  perform(statement, session) {
    if (statement.kind === 'change') return change(statement, session);
    if (statement.kind === 'ddl') return bounded(statement, session);
    return session.send(statement.sql, Number.POSITIVE_INFINITY);
  },
};

import { isIntercepted, rememberOriginal } from '../mysql/connect.js';
import { scriptTask } from '../scripts/script-folder.js';
import { alterTable } from './alter.js';
import { runBounded } from './bounded-ddl.js';
import { type Handler, intercept } from './intercept.js';
import { Recorder } from './recorder.js';
import { knownStatements, passingKind } from './statement-kind.js';
import type { ToolConnection } from './tool-connection.js';

/** mysql2 or mysql2/promise, with every connection that it opens intercepted. */
export function interceptedDriver<Driver extends object>(driver: Driver): Driver {
  const descriptors = { ...Object.getOwnPropertyDescriptors(driver), ...interceptedExports(driver) };
  return Object.defineProperties({}, descriptors) as Driver;
}

type Make = (...args: unknown[]) => unknown;

/** A pool, a cluster or a connection, with callbacks or with the promises around it. */
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

type Intercept = (made: Made) => void;

const interceptConnection: Intercept = (made) =>
  intercept(made.connection ?? (made as ToolConnection), handler());
const interceptPool: Intercept = (made) => watchPool(made.pool ?? (made as Pool));
const interceptCluster: Intercept = (made) => {
  const cluster = made.poolCluster ?? (made as Cluster);
  watchCluster(cluster);
  // The one with promises calls the method of the other's class, not the instance's.
  if (made !== cluster) (made as Cluster).add = cluster.add;
};

/** The functions of mysql2 and mysql2/promise that open connections. */
const functions: Readonly<Record<string, Intercept>> = {
  connect: interceptConnection,
  createConnection: interceptConnection,
  createConnectionPromise: interceptConnection,
  createPool: interceptPool,
  createPoolPromise: interceptPool,
  createPoolCluster: interceptCluster,
  createPoolClusterPromise: interceptCluster,
};

/** The classes behind them, for code that constructs them itself. */
const classes: Readonly<Record<string, Intercept>> = { Connection: interceptConnection, Pool: interceptPool };

/**
 * The exports of mysql2 or mysql2/promise that open connections, replaced so that what they open is intercepted.
 * @param driver the module's exports
 */
export function interceptedExports(driver: object): PropertyDescriptorMap {
  const found: PropertyDescriptorMap = {};
  const replace = (name: string, replaced: (original: Make) => Make) => {
    const original: unknown = Reflect.get(driver, name);
    if (typeof original !== 'function' || isIntercepted(original as Make)) return;
    const value = rememberOriginal(replaced(original as Make), original as Make);
    found[name] = { value, enumerable: true, configurable: true, writable: true };
  };
  for (const [name, take] of Object.entries(functions)) {
    replace(name, (original) => interceptedFunction(original, take));
  }
  // The classes of these names in mysql2/promise only wrap a connection that is intercepted already.
  if (!('authPlugins' in driver)) return found;
  for (const [name, take] of Object.entries(classes)) {
    replace(name, (original) => interceptedClass(original, take));
  }
  return found;
}

function interceptedFunction(original: Make, take: Intercept): Make {
  return (...args) => {
    const made = original(...args.map(onScratchCopy));
    if (!isThenable(made)) {
      take(made as Made);
      return made;
    }
    return made.then((connection) => {
      take(connection as Made);
      return connection;
    });
  };
}

function interceptedClass(original: Make, take: Intercept): Make {
  return new Proxy(original, {
    construct(target, args, newTarget) {
      if (recorder() !== undefined) {
        throw new Error(
          'alterwise: while a script is recorded, open connections with createConnection or createPool, so that they reach the scratch copy.',
        );
      }
      const made: Made = Reflect.construct(target, args, newTarget);
      take(made);
      return made;
    },
  });
}

/** mysql2 accepts a Promise implementation of the user's own. */
function isThenable(made: unknown): made is PromiseLike<unknown> {
  return typeof made === 'object' && made !== null && typeof Reflect.get(made, 'then') === 'function';
}

/** The options or the URL of a connection; while a script is recorded, those of the scratch copy of its schema. */
function onScratchCopy(options: unknown): unknown {
  const recording = recorder();
  if (recording === undefined) return options;
  // The name of a cluster's node is a string as well.
  if (typeof options === 'string' && /^[a-z][\w+.-]*:\/\//i.test(options)) {
    const url = new URL(options);
    url.pathname = `/${encodeURIComponent(recording.schemaFor(decodeURIComponent(url.pathname.slice(1))))}`;
    return url.href;
  }
  if (typeof options !== 'object' || options === null) return options;
  const { uri, database } = options as { uri?: unknown; database?: string };
  if (uri !== undefined && database === undefined) return { ...options, uri: onScratchCopy(String(uri)) };
  return { ...options, database: recording.schemaFor(database) };
}

const watched = new WeakSet<object>();

function watchPool(pool: Pool): void {
  if (watched.has(pool)) return;
  watched.add(pool);
  pool.on('connection', (connection) => intercept(connection, handler()));
}

/** A cluster creates the pools of its nodes without an event. */
function watchCluster(cluster: Cluster): void {
  const add = cluster.add.bind(cluster);
  cluster.add = (...args) => {
    const added = add(...args.map(onScratchCopy));
    for (const { pool } of Object.values(cluster._nodes)) watchPool(pool);
    return added;
  };
}

let known: { recorder?: Recorder } | undefined;

/** Looked up when the first connection is opened: a process that opens none is none of alterwise's business. */
function recorder(): Recorder | undefined {
  if (known === undefined) {
    const task = scriptTask();
    known = task?.mode === 'record' ? { recorder: new Recorder(task) } : {};
  }
  return known.recorder;
}

function handler(): Handler {
  return recorder() ?? realHandler;
}

/** Changes of tables go through alterwise, other DDL runs under a bounded lock wait, and the rest passes. */
const realHandler: Handler = {
  toHandle(text, { config }, session) {
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
  handle(statement, session) {
    if (statement.kind === 'change') return alterTable(statement, session);
    if (statement.kind === 'ddl') return runBounded(statement, session);
    return session.send(statement.sql, Number.POSITIVE_INFINITY);
  },
};

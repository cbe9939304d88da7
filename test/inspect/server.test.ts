import t from 'tap';
import {
  connectionAdmin,
  hiddenIndexWord,
  identify,
  parseVersion,
  replicationStatements,
  rowVersionLimit,
  storesCreateTimeThroughRename,
} from '../../lib/inspect/capabilities.js';
import { inspectServer, refuseServer } from '../../lib/inspect/server.js';
import type { Session } from '../../lib/mysql/session.js';
import { type ServerKind, serverKinds } from '../sandbox/index.js';
import { forEachServer } from '../servers.js';
import { sessionFor } from '../support/probing.js';

const real: Record<ServerKind, object> = {
  'mysql-5.7': {
    flavor: 'mysql',
    version: { major: 5, minor: 7 },
    metadataLocksVisible: false,
  },
  'mysql-8.0': {
    flavor: 'mysql',
    version: { major: 8, minor: 0 },
    metadataLocksVisible: true,
  },
  'mysql-9.7': {
    flavor: 'mysql',
    version: { major: 9, minor: 7 },
    metadataLocksVisible: true,
  },
  'mariadb-10.11': { flavor: 'mariadb', version: { major: 10, minor: 11 } },
  'mariadb-11.4': { flavor: 'mariadb', version: { major: 11, minor: 4 } },
};

t.test('what a server is, and how it is set', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const session = await sessionFor(t, server);
    const facts = await inspectServer(session);
    // Another test may have switched the instrument on for a while.
    const { metadataLocksVisible: _, ...expected } = real[server.kind] as { metadataLocksVisible?: boolean };
    t.match(facts, expected);
    t.match(facts, {
      port: server.port,
      host: new RegExp(`:${server.port}$`),
      topology: {
        replicas: Number,
        isReplica: false,
        readOnly: false,
        galera: false,
        groupReplication: false,
      },
      binlog: {
        enabled: true,
        format: 'ROW',
        rowImage: 'FULL',
        partialJson: false,
        compressed: false,
        gtid: facts.flavor === 'mysql',
        logReplicaUpdates: true,
      },
      caseSensitiveNames: true,
    });
    t.equal(facts.uuid === undefined, facts.flavor === 'mariadb');
    t.equal(facts.hosting, undefined);
    t.doesNotThrow(() => refuseServer(facts));
    if (server.kind === 'mysql-8.0' || server.kind === 'mysql-9.7') t.ok(facts.metadataLocksVisible);
  });
});

interface Answers {
  variables: Record<string, string>;
  status?: Record<string, string>;
  /** Rows, or an error, of a statement that begins so. */
  shows?: Record<string, number | Error>;
}

/** A server that could not be had. */
function pretend({ variables, status = {}, shows = {} }: Answers): Session {
  const rows = async (sql: string) => {
    const pairs = (from: Record<string, string>) =>
      Object.entries(from).map(([Variable_name, Value]) => ({ Variable_name, Value }));
    if (sql === 'SHOW GLOBAL VARIABLES') return pairs(variables);
    const like = /STATUS LIKE '(\w+)'/.exec(sql)?.[1] ?? '';
    if (like !== '') return pairs(status).filter(({ Variable_name }) => Variable_name === like);
    const answer = Object.entries(shows).find(([start]) => sql.startsWith(start))?.[1] ?? 0;
    if (answer instanceof Error) throw answer;
    return Array.from({ length: answer }, () => ({}));
  };
  return {
    connectionId: 1,
    rows,
    execute: async () => ({ affectedRows: 0, warnings: 0 }),
    close: async () => {},
  } as Session;
}

const mysql = {
  version: '8.4.3',
  version_comment: 'MySQL Community Server - GPL',
  hostname: 'db1',
  port: '3306',
};
const denied = Object.assign(new Error('Access denied'), { errno: 1227 });

const pretended: Record<string, { answers: Answers; expected: object; refused?: RegExp }> = {
  'a primary with two replicas': {
    answers: { variables: mysql, shows: { 'SHOW REPLICAS': 2 } },
    expected: { host: 'db1:3306', topology: { replicas: 2, isReplica: false } },
  },
  'an account that may not ask for replicas': {
    answers: { variables: mysql, shows: { 'SHOW REPLICAS': denied, 'SHOW REPLICA STATUS': denied } },
    expected: { topology: { replicas: undefined, isReplica: undefined } },
  },
  'a replica': {
    answers: { variables: { ...mysql, super_read_only: 'ON' }, shows: { 'SHOW REPLICA STATUS': 1 } },
    expected: { topology: { isReplica: true, readOnly: true } },
    refused: /read-only and follows another server/,
  },
  'an old server, in the old words': {
    answers: {
      variables: { version: '5.7.44-log' },
      shows: { 'SHOW SLAVE HOSTS': 3, 'SHOW SLAVE STATUS': 1 },
    },
    expected: { topology: { replicas: 3, isReplica: true, readOnly: false } },
  },
  'one that is too old': {
    answers: { variables: { version: '5.6.51' } },
    expected: { version: { major: 5, minor: 6 } },
    refused: /5\.7 and up/,
  },
  'a Galera cluster': {
    answers: {
      variables: { version: '10.6.1-MariaDB', wsrep_on: 'ON' },
      status: { wsrep_cluster_size: '3' },
    },
    expected: { flavor: 'mariadb', topology: { galera: true } },
  },
  'a MariaDB with Galera in it, and no cluster': {
    answers: {
      variables: { version: '10.6.1-MariaDB', wsrep_on: 'ON' },
      status: { wsrep_cluster_size: '0' },
    },
    expected: { topology: { galera: false } },
  },
  'group replication': {
    answers: { variables: mysql, shows: { 'SELECT MEMBER_ID': 3 } },
    expected: { topology: { groupReplication: true } },
  },
  'Aurora, its reader': {
    answers: { variables: { ...mysql, aurora_version: '3.05.2', innodb_read_only: 'ON' } },
    expected: { hosting: 'aurora', topology: { readOnly: true } },
    refused: /read-only/,
  },
  RDS: {
    answers: { variables: { ...mysql, basedir: '/rdsdbbin/mysql-8.4/' } },
    expected: { hosting: 'rds' },
  },
  TiDB: {
    answers: { variables: { version: '8.0.11-TiDB-v7.5.0' } },
    expected: { flavor: 'tidb' },
    refused: /TiDB .* online DDL of its own/,
  },
  PlanetScale: {
    answers: { variables: { version: '8.0.30-Vitess', version_comment: 'PlanetScale' } },
    expected: { flavor: 'vitess' },
    refused: /Vitess/,
  },
  'a binlog that gh-ost cannot read': {
    answers: {
      variables: {
        ...mysql,
        log_bin: 'ON',
        binlog_format: 'mixed',
        binlog_row_image: 'minimal',
        binlog_row_value_options: 'PARTIAL_JSON',
        binlog_transaction_compression: 'ON',
        gtid_mode: 'OFF_PERMISSIVE',
      },
    },
    expected: {
      binlog: {
        enabled: true,
        format: 'MIXED',
        rowImage: 'MINIMAL',
        partialJson: true,
        compressed: true,
        gtid: false,
      },
    },
  },
  'no binlog': {
    answers: { variables: { ...mysql, log_bin: 'OFF' } },
    expected: { binlog: { enabled: false } },
  },
};

for (const [name, { answers, expected, refused }] of Object.entries(pretended)) {
  t.test(`${name} is recognised`, async (t) => {
    const facts = await inspectServer(pretend(answers));
    t.match(facts, expected);
    const refusal = () => refuseServer(facts);
    if (refused === undefined) t.doesNotThrow(refusal);
    else t.throws(refusal, { message: refused, exitCode: 11 } as never);
  });
}

t.test('a version is read from what a server says', async (t) => {
  const said = {
    '9.7.4-2': [9, 7, 4],
    '10.11.19-MariaDB-0+deb12u1-log': [10, 11, 19],
    '5.5.5-10.6.1-MariaDB': [10, 6, 1],
    '8.4': [8, 4, 0],
    unknown: [0, 0, 0],
  };
  for (const [text, [major, minor, patch]] of Object.entries(said)) {
    t.match(parseVersion(text), { text, major, minor, patch }, text);
  }
});

t.test('what a server can do follows from its flavor and version', async (t) => {
  const said: Record<string, ReturnType<typeof capabilitiesOf>> = {
    '5.7.44': ['SHOW SLAVE STATUS', 'SHOW MASTER STATUS', undefined, undefined, 'SUPER', false],
    '8.0.21': ['SHOW SLAVE STATUS', 'SHOW MASTER STATUS', undefined, 'INVISIBLE', 'CONNECTION_ADMIN', true],
    '8.0.22': ['SHOW REPLICA STATUS', 'SHOW MASTER STATUS', undefined, 'INVISIBLE', 'CONNECTION_ADMIN', true],
    '8.0.29': ['SHOW REPLICA STATUS', 'SHOW MASTER STATUS', 64, 'INVISIBLE', 'CONNECTION_ADMIN', true],
    '8.4.3': ['SHOW REPLICA STATUS', 'SHOW BINARY LOG STATUS', 64, 'INVISIBLE', 'CONNECTION_ADMIN', true],
    '9.1.0': ['SHOW REPLICA STATUS', 'SHOW BINARY LOG STATUS', 255, 'INVISIBLE', 'CONNECTION_ADMIN', true],
    '10.5.1-MariaDB': ['SHOW ALL SLAVES STATUS', 'SHOW MASTER STATUS', undefined, undefined, 'SUPER', true],
    '11.4.5-MariaDB': [
      'SHOW ALL SLAVES STATUS',
      'SHOW MASTER STATUS',
      undefined,
      'IGNORED',
      'CONNECTION ADMIN',
      true,
    ],
  };
  for (const [text, expected] of Object.entries(said)) t.same(capabilitiesOf(text), expected, text);
});

function capabilitiesOf(text: string) {
  const server = identify(text);
  const { status, position } = replicationStatements(server);
  return [
    status,
    position,
    rowVersionLimit(server),
    hiddenIndexWord(server),
    connectionAdmin(server) ?? 'SUPER',
    storesCreateTimeThroughRename(server),
  ] as const;
}

import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Estimate, PlannedAlter } from '../../lib/documents/plan.js';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { run } from '../../lib/run/run.js';
import { parseStatements } from '../../lib/sql/parse.js';
import { type SandboxServer, type ServerKind, withServer } from '../sandbox/index.js';
import { settingsFor } from '../support/settings.js';
import { median, seconds } from './figures.js';
import { benchSchema, makeTables, type ShapeName } from './forecast-tables.js';
import type { Bench, BenchOptions } from './overhead.js';

interface Case {
  table: ShapeName;
  alter: string;
  by: 'gh-ost' | 'direct';
}

const cases: Readonly<Partial<Record<ServerKind, readonly Case[]>>> = {
  'mysql-9.7': [
    { table: 'narrow', alter: 'ADD INDEX by_code (code, amount)', by: 'direct' },
    { table: 'narrow', alter: 'MODIFY amount BIGINT NOT NULL', by: 'gh-ost' },
    { table: 'wide', alter: 'MODIFY state BIGINT NOT NULL', by: 'direct' },
    { table: 'wide', alter: 'MODIFY state VARCHAR(20) NOT NULL', by: 'gh-ost' },
    { table: 'growing', alter: 'FORCE', by: 'direct' },
    { table: 'growing', alter: 'MODIFY kind BIGINT NOT NULL', by: 'gh-ost' },
    { table: 'indexed', alter: 'ADD INDEX by_e_f (e, f)', by: 'gh-ost' },
    { table: 'indexed', alter: 'FORCE', by: 'direct' },
  ],
  'mariadb-10.11': [
    { table: 'wide', alter: 'ADD INDEX by_state (state, owner)', by: 'direct' },
    { table: 'growing', alter: 'FORCE', by: 'direct' },
    { table: 'narrow', alter: 'MODIFY amount BIGINT NOT NULL', by: 'direct' },
    { table: 'indexed', alter: 'MODIFY a BIGINT NOT NULL', by: 'direct' },
  ],
};

/** As durable as a server should be, and with room for the tables; the sandbox is quick and small. */
const variables = {
  'innodb-buffer-pool-size': '1G',
  'loose-innodb-redo-log-capacity': '512M',
  'sync-binlog': '1',
  'innodb-flush-log-at-trx-commit': '1',
};

interface Measured {
  name: string;
  estimate: Estimate;
  actualMs: number;
}

/** Whether what the plan predicts is what happens. */
export const forecast: Bench = {
  description: 'what the plan predicts for 12 changes on 4 shapes of table, against what they take',
  async run(options) {
    const tell = (text: string) => console.error(`# ${text}`);
    const ghost = await installGhost({ onProgress: tell, signal: options.signal });
    const stateDir = await mkdtemp(join(tmpdir(), 'alterwise-bench-'));
    console.log(
      `Node ${process.version}, gh-ost ${ghost.version}, load average ${loadavg().map((value) => value.toFixed(1))}`,
    );
    const measured: Measured[] = [];
    try {
      for (const [kind, changes] of Object.entries(cases)) {
        await withServer(
          kind as ServerKind,
          { variables, onProgress: tell, signal: options.signal },
          (server) =>
            measureAll(server, changes, ghost.path, stateDir, options, (one) => {
              measured.push(one);
              console.log(row(one));
            }),
        );
      }
    } finally {
      await rm(stateDir, { recursive: true, force: true });
    }
    console.log(totals(measured).join('\n'));
  },
};

async function measureAll(
  server: SandboxServer,
  changes: readonly Case[],
  ghostPath: string,
  stateDir: string,
  { scale, signal }: BenchOptions,
  done: (measured: Measured) => void,
): Promise<void> {
  const tell = (text: string) => console.error(`# ${server.kind}: ${text}`);
  const connection = await makeTables(server, scale, tell);
  try {
    for (const change of changes) {
      await settle(connection, signal);
      tell(`${change.table} ${change.alter}`);
      // What one change took must not correct the next: here the sample alone is judged.
      const own = await mkdtemp(join(stateDir, 'run-'));
      process.env.ALTERWISE_TEST_STATE = own;
      done(await measure(server, change, ghostPath, own, signal));
      await dropOldTables(connection);
    }
  } finally {
    await connection.end();
  }
}

/** What the change before has left to be written is not the burden of the next: until it is on disk, a minute at most. */
async function settle(connection: Connection, signal: AbortSignal): Promise<void> {
  for (let second = 0; second < 60; second += 5) {
    await sleep(5_000, undefined, { signal });
    const [[row]] = await connection.query<RowDataPacket[]>(
      "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'",
    );
    if (Number(row?.Value) < 200) return;
  }
}

/** One run, whose plan predicts and whose result tells. */
async function measure(
  server: SandboxServer,
  { table, alter, by }: Case,
  ghostPath: string,
  stateDir: string,
  signal: AbortSignal,
): Promise<Measured> {
  const base = settingsFor(server, {
    strategy: by,
    stallBudgetMs: 3_600_000,
    directBudgetMs: 3_600_000,
    checks: { timeMs: 60_000, accept: [], forecast: 'sample' },
    stateDir,
  });
  let planned: PlannedAlter | undefined;
  const { statements } = await run({
    run: 'bench',
    statements: parseStatements(`ALTER TABLE ${benchSchema}.${table} ${alter}`),
    settings: { ...base, ghost: { ...base.ghost, path: ghostPath } },
    signal,
    emit: (event) => {
      const [first] = event.type === 'plan' ? event.plan.statements : [];
      if (first?.kind === 'alter') planned = first;
      if (event.type === 'warning') console.error(`# ${event.id}: ${event.text}`);
    },
  });
  const [result] = statements;
  if (planned === undefined || result?.outcome !== 'done' || result.durationMs === undefined) {
    throw new Error(`${alter} on ${table}: ${JSON.stringify(result ?? planned)}`);
  }
  const way = planned.strategy === 'gh-ost' ? 'gh-ost' : planned.class;
  const name = `${server.kind} ${table}: ${alter} (${way})`;
  return { name, estimate: planned.estimate, actualMs: result.durationMs };
}

async function dropOldTables(connection: Connection): Promise<void> {
  const [tables] = await connection.query<RowDataPacket[]>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=? AND TABLE_NAME LIKE '\\_%'",
    [benchSchema],
  );
  for (const { name } of tables) await connection.query(`DROP TABLE \`${name}\``);
}

function row({ name, estimate, actualMs }: Measured): string {
  const { low, high } = estimate.durationMs ?? { low: 0, high: 0 };
  const error = Math.round(100 * errorOf({ name, estimate, actualMs }));
  return [
    name.padEnd(72),
    `${estimate.rows ?? '?'} rows${estimate.rowsExact ? '' : ' (about)'}`.padEnd(22),
    `${seconds(low)} to ${seconds(high)}`.padEnd(20),
    seconds(actualMs).padStart(8),
    `${error > 0 ? '+' : ''}${error} %`.padStart(8),
    hits({ name, estimate, actualMs }) ? 'hit' : 'MISS',
    `load ${(loadavg()[0] ?? 0).toFixed(1)}`,
    estimate.rough ? 'rough' : '',
  ].join('  ');
}

/** Of the middle, as part of what it took. */
function errorOf({ estimate: { durationMs }, actualMs }: Measured): number {
  return durationMs === undefined ? Number.NaN : (durationMs.low + durationMs.high) / 2 / actualMs - 1;
}

function hits({ estimate: { durationMs }, actualMs }: Measured): boolean {
  return durationMs !== undefined && durationMs.low <= actualMs && actualMs <= durationMs.high;
}

function totals(measured: readonly Measured[]): string[] {
  const hit = measured.filter(hits).length;
  const error = median(measured.map((one) => Math.abs(errorOf(one))));
  const widths = measured.flatMap(({ estimate: { durationMs } }) =>
    durationMs ? [durationMs.high / durationMs.low] : [],
  );
  const widest = Math.max(...widths);
  const reached = (is: boolean) => (is ? 'reached' : 'NOT reached');
  return [
    `in the range: ${hit} of ${measured.length} (goal: all but one: ${reached(hit >= measured.length - 1)})`,
    `error of the middle, median: ${Math.round(100 * error)} % (goal: at most 30 %: ${reached(error <= 0.3)})`,
    `high/low at most: ${widest.toFixed(2)} (goal: 2.5: ${reached(widest <= 2.5)})`,
  ];
}

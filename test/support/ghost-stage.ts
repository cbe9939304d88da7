import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import type { Test } from 'tap';
import type { Event } from '../../lib/documents/event.js';
import type { StatementResult } from '../../lib/documents/result.js';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import type { Request } from '../../lib/plan/request.js';
import { run } from '../../lib/run/run.js';
import type { Steering } from '../../lib/runs/steering.js';
import type { GhostSettings, Settings } from '../../lib/settings/settings.js';
import { parseStatements } from '../../lib/sql/parse.js';
import {
  compareWithTruth,
  fillTable,
  type Load,
  type LoadOptions,
  type LoadReport,
  type LoadTable,
  startLoad,
} from '../load/index.js';
import { freshSchema, type Schema, type TestServer } from '../servers.js';
import { type Account, settingsFor } from './settings.js';

/** What the load and the table agree in, where they agree. */
export const agrees = { lost: 0, doubled: 0, different: 0, samples: [] };

export const seed = 20_261;

/** `amount` fits both INT and BIGINT. */
export const columns: LoadTable['columns'] = [
  { name: 'code', constant: true, value: (_, id) => `C${id}` },
  { name: 'amount', renamedTo: 'total', value: (random) => random.below(1_000_000) },
  { name: 'note', value: (random) => random.pick<string | null>("it's", '', null, 'ünï\\', 'a "b" `c`') },
  { name: 'day', value: (random) => `2024-0${1 + random.below(9)}-11` },
];

const definition =
  'id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, code VARCHAR(20), amount INT, note VARCHAR(20), day DATE, ' +
  'more INT NOT NULL DEFAULT 7, KEY (code)';

export interface StageOptions {
  rows?: number;
  name?: string;
  schema?: Schema;
}

/** A filled table, a load that writes to it and keeps the truth, and runs of alterwise on it. */
export interface Stage {
  server: Account;
  schema: Schema;
  table: LoadTable;
  load(options?: Partial<LoadOptions>): Promise<Load>;
  /** Lost, doubled and different rows: those of the table against the writer's own account. */
  compare(report: LoadReport): Promise<object>;
  definition(): Promise<string>;
  /** Everything beside the table: tables of the schema, clones of it, folders, processes. */
  left(): Promise<string[]>;
  /** Of that, what is in the server: for tests that run several changes at a time. */
  beside(): Promise<string[]>;
  request(spec: string, options?: RunOptions): GhostRequest;
  /** A transaction that is ready to read a row of the table, and to hold it so that nobody can change it. */
  holder(): Promise<Holder>;
  /** The same, which holds it already. */
  hold(): Promise<Holder>;
}

export interface Holder {
  /** Of its connection. */
  id: number;
  take(): Promise<void>;
  end(): Promise<void>;
}

export interface RunOptions {
  settings?: Partial<Omit<Settings, 'ghost'>>;
  ghost?: Partial<GhostSettings>;
  signal?: AbortSignal;
  hurry?: AbortSignal;
  steering?: Steering;
  emit?: (event: Event) => void;
  /** Absent: root. */
  account?: Account;
}

export interface GhostRequest extends Request {
  events: Event[];
}

export async function stage(t: Test, server: TestServer, options: StageOptions = {}): Promise<Stage> {
  // Found again wherever a clone of it may be left.
  const { rows = 20_000, name = `t_${randomBytes(4).toString('hex')}` } = options;
  const schema = options.schema ?? (await freshSchema(t, server));
  const table = { schema: schema.name, name, columns, rows };
  await schema.query(`CREATE TABLE \`${name}\` (${definition}) DEFAULT CHARSET utf8mb4`);
  const { host, port, user, password } = server;
  const connection = { host, port, user, password };
  await fillTable({ connection, table, seed });
  await schema.query(`ANALYZE TABLE \`${name}\``);
  const leave = new AbortController();
  t.teardown(() => leave.abort());
  let comparing: Connection | undefined;
  const { path } = await installGhost();
  return {
    server,
    schema,
    table,
    load: (changes = {}) =>
      startLoad({ connection, table, seed, perSecond: 150, signal: leave.signal, ...changes }),
    compare: async (report) => {
      comparing ??= await schema.connect();
      const { lost, doubled, different, samples } = await compareWithTruth(comparing, table, report);
      return { lost, doubled, different, samples };
    },
    definition: async () => {
      const [row] = await schema.query<{ 'Create Table': string }>(`SHOW CREATE TABLE \`${name}\``);
      return row?.['Create Table'].replace(/ AUTO_INCREMENT=\d+/, '') ?? '';
    },
    left: async () => [...(await besides(schema, name)), ...(await leftOnMachine(schema))],
    beside: () => besides(schema, name),
    holder: () => holderOf(schema, name),
    hold: async () => {
      const holder = await holderOf(schema, name);
      await holder.take();
      return holder;
    },
    request: (spec, changes = {}) =>
      ghostRequest(
        changes.account ?? server,
        `ALTER TABLE \`${schema.name}\`.\`${name}\` ${spec}`,
        path,
        changes,
      ),
  };
}

/**
 * Writes to a table that nobody changes, from now on: what it waits for, the machine is to blame for.
 * @returns ends it, and says how long it waited at the most
 */
export async function usualStall(t: Test, server: TestServer): Promise<() => Promise<number>> {
  const load = await (await stage(t, server, { rows: 1_000 })).load();
  return async () => Math.round((await load.stop()).longestStallMs ?? 0);
}

/** A run that was stopped, beside others. */
export interface Stopped {
  schema: Schema;
  /** The longest that a writer waited. */
  stallMs: number;
}

/** None of them has left anything on this machine, or held writers for longer than `longestMs` beyond what is usual. */
export async function leftNothing(
  t: Test,
  stopped: readonly Stopped[],
  longestMs: number,
  usualMs: number,
): Promise<void> {
  for (const { schema, stallMs } of stopped) {
    t.same(await leftOnMachine(schema), [], 'no process, no folder');
    const text = `writers stalled for ${stallMs} ms at most, others for ${usualMs} ms`;
    t.ok(stallMs < longestMs + usualMs, text);
  }
}

async function holderOf(schema: Schema, name: string): Promise<Holder> {
  const connection = await schema.connect();
  await connection.query('START TRANSACTION');
  return {
    id: connection.threadId,
    take: async () => void (await connection.query(`SELECT * FROM \`${name}\` LIMIT 1`)),
    end: async () => {
      await connection.query('ROLLBACK');
      await connection.end();
    },
  };
}

/** A request that is answered with gh-ost: copying in chunks so small that it lasts a while. */
export function ghostRequest(
  server: Account,
  sql: string,
  path: string,
  options: RunOptions = {},
): GhostRequest {
  const events: Event[] = [];
  const base = settingsFor(server, { strategy: 'gh-ost', ...options.settings });
  return {
    run: `test-${randomBytes(6).toString('hex')}`,
    statements: parseStatements(sql),
    settings: { ...base, ghost: { ...base.ghost, path, ...options.ghost } },
    emit: (event) => {
      events.push(event);
      options.emit?.(event);
    },
    signal: options.signal ?? new AbortController().signal,
    ...(options.hurry && { hurry: options.hurry }),
    ...(options.steering && { steering: options.steering }),
    events,
  };
}

/** Runs one statement, and gives its result. */
export async function resultOf(request: Request): Promise<StatementResult> {
  const { statements } = await run(request);
  const [result] = statements;
  if (result === undefined) throw new Error('a run without a result');
  return result;
}

/** Takes the temporary files of this test file away from those of others, so that what is left can be counted. */
export function privateTemp(t: Test): string {
  const before = process.env.TMPDIR;
  const path = mkdtempSync(join(tmpdir(), 'aw-'));
  process.env.TMPDIR = path;
  t.teardown(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

/** What a run left on this machine: its folders, and processes that work on the schema. */
export async function leftOnMachine(schema: Schema): Promise<string[]> {
  const folders = (await readdir(tmpdir())).filter((name) => /^alterwise-[^-]{6}$/.test(name));
  const processes = await ghostsOn(schema.name);
  return [...folders.map((name) => join(tmpdir(), name)), ...processes.map(({ pid }) => `gh-ost ${pid}`)];
}

/** The gh-ost processes that work on tables of this schema. */
export async function ghostsOn(schema: string): Promise<{ pid: number; args: string[] }[]> {
  const found: { pid: number; args: string[] }[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // It may have ended since.
    const args = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (args.includes(`--database=${schema}`)) found.push({ pid: Number(name), args });
  }
  return found;
}

/** Other tables of the schema, and clones of this one where changes are tried out. */
async function besides(schema: Schema, table: string): Promise<string[]> {
  const rows = await schema.query<{ name: string }>(
    "SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS name FROM information_schema.TABLES " +
      'WHERE TABLE_SCHEMA=? AND TABLE_NAME<>? ' +
      "OR TABLE_SCHEMA LIKE '\\\\_alterwise\\\\_%' AND TABLE_NAME LIKE CONCAT('%', ?, '%') ORDER BY 1",
    [schema.name, table, table],
  );
  return rows.map(({ name }) => name);
}

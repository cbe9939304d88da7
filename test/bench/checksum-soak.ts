import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { compareShadow, type TableComparison } from '../../lib/engines/gh-ost/compare/compare-shadow.js';
import { withServer } from '../sandbox/index.js';
import { type HeldCopy, unplanned, withHeldCopy } from '../support/held-copy.js';
import { settingsFor } from '../support/settings.js';
import { figure, median } from './figures.js';
import type { Bench } from './overhead.js';
import { makeSoakTable, soakTable, startRandomWrites, type Writes } from './random-writes.js';

const writesPerSecond = 300;

interface Round {
  check: Extract<TableComparison, { checked: true }>;
  ms: number;
}

/** Whether the comparison of a copy with its original cries wolf while rows are written at random. */
export const checksumSoak: Bench = {
  description:
    'false alarms of the comparison of a copy, made again and again under random writes (--minutes)',
  async run({ rows, minutes, signal }) {
    const tell = (text: string) => console.error(`# ${text}`);
    const ghost = await installGhost({ onProgress: tell, signal });
    console.log(`Node ${process.version}, gh-ost ${ghost.version}, ${rows} rows, ${minutes} minutes`);
    const stateDir = await mkdtemp(join(tmpdir(), 'alterwise-bench-'));
    process.env.ALTERWISE_TEST_STATE = stateDir;
    try {
      await withServer('mysql-9.7', { onProgress: tell, signal }, async (server) => {
        const base = settingsFor(server);
        const settings = { ...base, ghost: { ...base.ghost, path: ghost.path, checksum: 'full' as const } };
        const connection = await makeSoakTable(server, rows);
        const writes = await startRandomWrites(server, writesPerSecond, rows);
        try {
          const statement = unplanned(soakTable, 'MODIFY amount BIGINT, MODIFY note VARCHAR(80)');
          await withHeldCopy(settings, statement, { signal }, async (held) => {
            const rounds = await soak(held, writes, minutes, tell);
            print(rounds, writes.counts);
            console.log(
              figure('a row that is broken on purpose, under the same load', await control(held, connection)),
            );
          });
          await writes.stop();
        } finally {
          await writes.stop().catch(() => {});
          await connection.end();
        }
      });
    } finally {
      await rm(stateDir, { recursive: true, force: true });
    }
  },
};

async function soak(
  held: HeldCopy,
  writes: Writes,
  minutes: number,
  tell: (text: string) => void,
): Promise<Round[]> {
  const rounds: Round[] = [];
  for (const start = performance.now(); performance.now() - start < minutes * 60_000; ) {
    writes.check();
    const began = performance.now();
    const check = await compareShadow(held.ghost, held.statement, held.context);
    if (!check.checked) throw new Error(check.why);
    const round = { check, ms: performance.now() - began };
    rounds.push(round);
    tell(
      `${rounds.length}: ${check.rowsCompared} rows in ${Math.round(round.ms)} ms, looked again ${check.looksAgain} times, ` +
        `${check.restless.length} restless, ${check.differences.length} differences, load ${(loadavg()[0] ?? 0).toFixed(1)}`,
    );
    for (const { what, key } of check.differences) tell(`FALSE ALARM: ${what} ${key}`);
  }
  return rounds;
}

function print(rounds: readonly Round[], counts: Readonly<Record<string, number>>): void {
  const sum = (of: (round: Round) => number) => rounds.reduce((all, round) => all + of(round), 0);
  const rates = rounds.map(({ check, ms }) => (1_000 * check.rowsCompared) / ms);
  console.log(figure('comparisons', `${rounds.length}`));
  console.log(figure('rows compared', `${sum(({ check }) => check.rowsCompared)}`));
  console.log(figure('rows compared per second, median', `${Math.round(median(rates))}`));
  console.log(figure('suspects looked at again', `${sum(({ check }) => check.looksAgain)} times`));
  console.log(figure('rows of which nothing could be said', `${sum(({ check }) => check.restless.length)}`));
  console.log(figure('writes', `${Object.values(counts).reduce((all, count) => all + count, 0)}`));
  for (const [kind, count] of Object.entries(counts)) console.log(figure(`  ${kind}`, `${count}`));
  const alarms = sum(({ check }) => check.differences.length);
  console.log(figure('false alarms', `${alarms}`));
  console.log(figure('', `goal: none: ${alarms === 0 ? 'reached' : 'NOT reached'}`));
}

/** A soak that hears nothing may be deaf. */
async function control({ ghost, statement, context }: HeldCopy, connection: Connection): Promise<string> {
  const id = 2_000_000_000;
  await connection.query("INSERT INTO t (id, code) VALUES (?, 'control')", [id]);
  await connection.query('SET SESSION sql_log_bin=0');
  await connection.query("UPDATE t SET code='Control' WHERE id=?", [id]);
  const check = await compareShadow(ghost, statement, context);
  const keys = check.checked ? check.differences.map(({ what, key }) => `${what} ${key}`) : [check.why];
  return keys.length === 1 && keys[0] === `lost id=${id}` ? 'found' : `NOT found: ${keys.join('; ')}`;
}

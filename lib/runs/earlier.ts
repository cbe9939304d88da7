import { createHash } from 'node:crypto';
import type { ServerFacts } from '../inspect/server.js';
import type { TableName } from '../plan/plan.js';
import type { Statement } from '../sql/statement.js';
import { readIfThere, readRecord } from './read-record.js';
import { pointerPath, recordPath, type TimedLine } from './record.js';

/** Why a statement is nothing to do: the record of a run says that it was done. */
export const recordedId = 'recorded';

/** What is known of the last run of a migration on the same server. */
export interface EarlierRun {
  run: string;
  /** Of its record. */
  path: string;
  /** Statements that ended well, by their index: in which run, and when. */
  done: ReadonlyMap<number, { run: string; at: string }>;
  /** Those that were begun and of whose end nothing is known. */
  doubts: ReadonlySet<number>;
  /** The first that was done with another text than it has now. */
  edited?: number;
  /** What its tables were when it had done with them last; absent: there was none. */
  tables: readonly { table: TableName; definition?: string }[];
}

/**
 * @param statements as they are now: an earlier run counts as far as they are the same, so that one can be mended
 * where it failed
 * @returns undefined where these statements were never run from here, or nothing of them was done
 */
export async function readEarlierRun(
  stateDir: string,
  migration: string,
  statements: readonly Statement[],
): Promise<EarlierRun | undefined> {
  const run = await readIfThere(pointerPath(stateDir, migration));
  if (run === undefined) return undefined;
  const lines = await readRecord(stateDir, run);
  return lines && earlierRun(run, recordPath(stateDir, run), lines, statements);
}

/**
 * A migration is known by its first statement, its server, and its default schema. Many files begin with the same SET,
 * which is passed over.
 */
export function migrationKey(
  server: Pick<ServerFacts, 'uuid' | 'host'>,
  database: string | undefined,
  statements: readonly Statement[],
): string {
  const first = statements.find((each) => each.kind === 'alter' || each.verb !== 'SET') ?? statements[0];
  return hash(JSON.stringify([server.uuid ?? server.host, database, first?.sql])).slice(0, 32);
}

export function statementHash({ sql }: Statement): string {
  return hash(sql);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function earlierRun(
  run: string,
  path: string,
  lines: readonly TimedLine[],
  now: readonly Statement[],
): EarlierRun | undefined {
  const [begin] = lines;
  if (begin?.type !== 'begin') return undefined;
  const done = new Map(begin.carried?.done.map(({ index, ...by }) => [index, by]));
  const doubts = new Set(begin.carried?.doubts);
  const tables = new Map(begin.carried?.tables.map((each) => [JSON.stringify(each.table), each]));
  for (const line of lines) {
    if (line.type === 'start') {
      doubts.add(line.index);
      // What it makes of its tables is known when it has ended.
      for (const table of line.tables) tables.delete(JSON.stringify(table));
    }
    if (line.type !== 'end' || line.outcome === 'unknown') continue;
    doubts.delete(line.index);
    const isDone = line.exitCode === 0 && (line.outcome === 'done' || line.outcome === 'nothing');
    if (isDone && !done.has(line.index)) done.set(line.index, { run, at: line.at });
    for (const each of line.tables) tables.set(JSON.stringify(each.table), each);
  }
  if (done.size === 0 && doubts.size === 0) return undefined;
  const edited = [...done.keys()].find((index) => isOther(now[index], begin.statements[index]));
  return {
    run,
    path,
    done,
    doubts,
    ...(edited !== undefined && { edited }),
    tables: [...tables.values()],
  };
}

/** What SET says is said again anyway. */
function isOther(now: Statement | undefined, was: string | undefined): boolean {
  if (now === undefined) return true;
  return statementHash(now) !== was && !(now.kind === 'plain' && now.verb === 'SET');
}

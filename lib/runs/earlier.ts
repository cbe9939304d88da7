import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServerFacts } from '../inspect/server.js';
import type { TableName } from '../plan/plan.js';
import type { Statement } from '../sql/statement.js';
import { pointerPath, recordPath, type TimedLine } from './record.js';

/** What is known of the last run of a migration on the same server. */
export interface EarlierRun {
  run: string;
  /** Of its record. */
  path: string;
  /** Statements that ended well, by their index, and when. */
  done: ReadonlyMap<number, string>;
  /** One that was begun and of whose end nothing is known. */
  doubt?: number;
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
  const path = recordPath(stateDir, run);
  const text = await readIfThere(path);
  return text === undefined ? undefined : earlierRun(run, path, linesOf(text), statements.map(statementHash));
}

/** A migration is known by its first statement, its server, and its default schema. */
export function migrationKey(
  server: Pick<ServerFacts, 'uuid' | 'host'>,
  database: string | undefined,
  statements: readonly Statement[],
): string {
  return hash(JSON.stringify([server.uuid ?? server.host, database, statements[0]?.sql])).slice(0, 32);
}

export function statementHash({ sql }: Statement): string {
  return hash(sql);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // A state folder that cannot be made is no place where a record could be.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** A line that was cut off by a crash is the last one, and was not yet true when it was written. */
function linesOf(text: string): TimedLine[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as TimedLine);
}

function earlierRun(
  run: string,
  path: string,
  lines: readonly TimedLine[],
  now: readonly string[],
): EarlierRun | undefined {
  const was = lines.flatMap((line) => (line.type === 'begin' ? line.statements : []));
  const isSame = (index: number) => was[index] === now[index];
  const done = new Map<number, string>();
  const tables = new Map<string, { table: TableName; definition?: string }>();
  let open: Extract<TimedLine, { type: 'start' }> | undefined;
  for (const line of lines) {
    if (line.type === 'start') open = line;
    if (line.type !== 'end') continue;
    open = undefined;
    if (line.exitCode === 0 && (line.outcome === 'done' || line.outcome === 'nothing'))
      done.set(line.index, line.at);
    for (const each of line.tables) tables.set(JSON.stringify(each.table), each);
  }
  // What the statement in doubt has made of its tables is not known.
  for (const table of open?.tables ?? []) tables.delete(JSON.stringify(table));
  if (done.size === 0 && open === undefined) return undefined;
  const edited = [...done.keys()].find((index) => !isSame(index));
  return {
    run,
    path,
    done,
    ...(open && isSame(open.index) && { doubt: open.index }),
    ...(edited !== undefined && { edited }),
    tables: [...tables.values()],
  };
}

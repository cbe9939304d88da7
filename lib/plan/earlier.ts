import { createHash } from 'node:crypto';
import type { TimedLine } from '../documents/record.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { ServerFacts } from '../inspect/server.js';
import type { Session } from '../mysql/session.js';
import { pointerPath, readIfThere, readRecord, recordPath } from '../runs/record.js';
import { type TableName, tableLabel } from '../sql/names.js';
import type { Statement } from '../sql/statement.js';
import { readDefinitionHashes } from '../table/forms.js';
import { acceptedIds, type Request } from './request.js';

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
 * What an earlier run of the same statements has done already, if the tables are still as it left them.
 * @throws {Fault} exit code 10 if they are not, and statements were done that would do harm if they were repeated
 */
export async function findEarlier(
  request: Request,
  session: Session,
  server: ServerFacts,
): Promise<EarlierRun | undefined> {
  const { statements, settings } = request;
  // A change by itself is recognised on the table, whoever made it.
  if (statements.length === 1 && statements[0]?.kind === 'alter') return undefined;
  const key = migrationKey(server, settings.connection.database, statements);
  const earlier = await readEarlierRun(settings.stateDir, key, statements);
  if (earlier === undefined || acceptedIds(request).includes(changedId)) return earlier;
  const why = await whyNotContinued(earlier, statements.length, session);
  if (why === undefined) return earlier;
  const { done, doubts, path } = earlier;
  const isRepeatable = statements.every(
    ({ kind }, index) => kind === 'alter' || !(done.has(index) || doubts.has(index)),
  );
  if (isRepeatable) return undefined;
  const all = `To run all of them again: remove ${path}`;
  throw changedSince(why.text, `${why.next}: --accept ${changedId}. ${all}`);
}

const changedId = 'changed-since';

/** A table, or a statement, is no longer what an earlier run has left or run. */
export function changedSince(message: string, next: string): Fault {
  return new Fault(message, { id: changedId, exitCode: exitCodes.drifted, next });
}

async function whyNotContinued(
  { run, done, edited, tables }: EarlierRun,
  all: number,
  session: Session,
): Promise<{ text: string; next: string } | undefined> {
  if (edited !== undefined) {
    const text = `Statement ${edited + 1} was done by run ${run} with another text than it has now.`;
    return { text, next: 'Put its text back. Or take it as done' };
  }
  const now = await readDefinitionHashes(
    session,
    tables.map(({ table }) => table),
  );
  const changed = now.filter(({ definition }, i) => definition !== tables[i]?.definition);
  if (changed.length === 0) return undefined;
  const labels = changed.map(({ table }) => tableLabel(table)).join(', ');
  return {
    text: `Run ${run} did ${done.size} of ${all} statements, and ${labels} was changed since by somebody else.`,
    next: 'To continue after those that were done',
  };
}

/**
 * @param statements as they are now: an earlier run counts as far as they are the same, so that one can be fixed
 * where it failed
 * @returns undefined if these statements were never run from here, or nothing of them was done
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
  const first = statements.find((each) => !isSet(each)) ?? statements[0];
  return hash(JSON.stringify([server.uuid ?? server.host, database, first?.sql])).slice(0, 32);
}

export function statementHash({ sql }: Statement): string {
  return hash(sql);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What SET says belongs to the session, and is said again in each run. */
export function isSet(statement: Statement): boolean {
  return statement.kind === 'plain' && statement.verb === 'SET';
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
  const edited = [...done.keys()].find((index) => {
    const is = now[index];
    return is === undefined || (statementHash(is) !== begin.statements[index] && !isSet(is));
  });
  return { run, path, done, doubts, ...(edited !== undefined && { edited }), tables: [...tables.values()] };
}

import type { KeptTable, RecordLine, TimedLine } from '../../../documents/record.js';
import { readServerIdentity, storesCreateTimeThroughRename } from '../../../inspect/capabilities.js';
import type { Session } from '../../../mysql/session.js';
import type { KnownRun } from '../../../runs/list.js';
import { lineOf } from '../../../runs/record.js';
import type { TableName } from '../../../sql/names.js';
import { withParts } from '../../../table/definition.js';
import { readNormalized, renamedTo, sameDefinition } from '../../../table/forms.js';
import { readLeftovers } from './leftovers.js';
import { isBusy } from './lock.js';
import { keptTable, readCutOverCoordinates } from './revert-checkpoint.js';

type CutOverLine = Extract<RecordLine, { type: 'swapped' }>;
type ReleasedLine = Extract<RecordLine, { type: 'swapping' }>;

/**
 * Cut-overs that a run released, and that its record does not know: alterwise died in between. What was noted before the
 * cut-over is compared with what is there now; if one thing does not fit, the table stays somebody else's.
 * @returns the lines that the record lacks
 */
async function unrecordedCutOvers(session: Session, run: KnownRun): Promise<CutOverLine[]> {
  if (run.state === 'running') return [];
  const found: CutOverLine[] = [];
  for (const index of run.begin.planned.keys()) {
    const swapping = lineOf(run.lines, 'swapping', index);
    if (swapping === undefined || isTold(run, index)) continue;
    const kept = await adopted(session, run, swapping);
    const { table, keepUntil } = swapping;
    if (kept !== undefined) found.push({ type: 'swapped', index, table, keepUntil, ...kept });
  }
  return found;
}

/** The same run, with what its record lacks. */
export async function withUnrecordedCutOvers(session: Session, run: KnownRun): Promise<KnownRun> {
  const lines = await unrecordedCutOvers(session, run);
  const at = new Date().toISOString();
  return lines.length === 0
    ? run
    : { ...run, lines: [...run.lines, ...lines.map((line) => ({ ...line, at }))] };
}

function isTold({ lines }: KnownRun, index: number): boolean {
  const end = lineOf(lines, 'end', index);
  // Where it is done, the line about its cut-over did not get to the disk.
  const isSwapped = end?.outcome === 'done' || end?.outcome === 'unknown';
  return lineOf(lines, 'swapped', index) !== undefined || (end !== undefined && !isSwapped);
}

async function adopted(
  session: Session,
  { begin, lines }: KnownRun,
  swapping: ReleasedLine,
): Promise<KeptTable | undefined> {
  const { table, oldTable, index } = swapping;
  const promise = begin.planned[index]?.promise;
  if (promise?.after === undefined || !lines.some((line) => isEngine(line, index, table))) return undefined;
  if (await isBusy(session, table)) return undefined;
  const { old, ghost } = await readLeftovers(session, table);
  if (ghost !== undefined || !old.includes(oldTable.name)) return undefined;
  const [now, was] = [await readNormalized(session, table), await readNormalized(session, oldTable)];
  if (now === undefined || !sameDefinition(promise.after, now, promise.ordered)) return undefined;
  // A RENAME gives a foreign key a new name, and what refers to the table follows it: neither is compared.
  if (was === undefined || !sameDefinition(named(promise.before), named(renamedTo(was, table.name)), false))
    return undefined;
  // A revert has found there where the binlog was at the first cut-over; its own it may not have noted.
  const coordinates = begin.reverts === undefined ? await readCutOverCoordinates(session, table) : undefined;
  const kept = await keptTable(session, oldTable, coordinates);
  return (await fits(session, kept, swapping)) ? kept : undefined;
}

function isEngine(line: TimedLine, index: number, { schema, name }: TableName): boolean {
  return (
    line.type === 'engine' && line.index === index && line.table.schema === schema && line.table.name === name
  );
}

async function fits(session: Session, { createdAt }: KeptTable, noted: ReleasedLine): Promise<boolean> {
  if (createdAt === undefined) return false;
  if (storesCreateTimeThroughRename(await readServerIdentity(session))) return createdAt === noted.createdAt;
  return noted.clock !== undefined && createdAt >= noted.clock;
}

function named(definition: string): string {
  return withParts(definition, ({ what, body, sql }) => (what === 'foreign-key' ? body : sql));
}

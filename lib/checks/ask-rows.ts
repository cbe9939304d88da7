import type { Emit } from '../documents/event.js';
import type { Check } from '../documents/plan.js';
import type { ServerFacts } from '../inspect/server.js';
import type { TableFacts } from '../inspect/table.js';
import { scanKeys } from '../rows/keys.js';
import { givesWay } from '../rows/load.js';
import { type Place, withPlace } from '../rows/place.js';
import { progressOf } from '../rows/progress.js';
import type { KeyQuestion, Question, RowQuestion } from '../rows/question.js';
import { reader, visibleIndexes } from '../rows/reader.js';
import { scanRows } from '../rows/scan.js';
import { type Tally, tallyOf } from '../rows/tally.js';
import type { Settings } from '../settings/settings.js';
import { counted } from '../text/human.js';

/** Where rows are read, and for how long. */
interface AskContext {
  table: TableFacts;
  server: ServerFacts;
  settings: Settings;
  emit: Emit;
  signal: AbortSignal;
}

/**
 * Reads the table, or a replica's, and says which rows do not fit: one reading for all questions about single rows,
 * one for all about keys. It takes no locks of rows, gives way to load, and ends with `--check-time`; what is not
 * known by then is `unknown`, and what was found by then stays found.
 * @throws the signal's reason where it aborts: nothing reads on in the server then
 * @throws {Fault} exit code 11 where the server, or the replica of `--check-from`, cannot be read
 */
export async function askRows(questions: readonly Question[], context: AskContext): Promise<Check[]> {
  const { settings, signal } = context;
  const tallies = questions.map(tallyOf);
  if (settings.checks.timeMs === 0) {
    for (const tally of tallies) tally.unfinished ??= '--check-time is 0';
    return tallies.flatMap(asCheck);
  }
  if (tallies.every(({ question: { kind } }) => kind === 'unknown')) return tallies.flatMap(asCheck);
  try {
    return await withPlace(context.table.name, context, async (place) => {
      const rows = await answer(tallies, place, context);
      return [...place.checks, ...tallies.flatMap(asCheck), ...allFit(tallies, rows)];
    });
  } catch (error) {
    signal.throwIfAborted(); // whatever came of it
    throw error;
  }
}

/** @returns how many rows were looked at */
async function answer(
  tallies: readonly Tally[],
  { session, connection, server, shape }: Place,
  { table, settings, emit, signal }: AskContext,
): Promise<number | undefined> {
  const { timeMs: limitMs } = settings.checks;
  const reading = reader(session, server, connection, { deadline: performance.now() + limitMs, signal });
  const tell = progressOf(emit, table.name);
  const giveWay = givesWay(session, settings.ghost, reading, (throttled) => tell({ throttled }));
  const scan = {
    table: table.name,
    shape: { ...shape, indexes: visibleIndexes(shape) },
    ...(table.rows && { rows: table.rows.count }),
    reader: reading,
    limitMs,
    giveWay,
    tell,
  };
  const ofRows = tallies.filter(isOfRows);
  const ofKeys = tallies.filter(isOfKeys);
  const rows = ofRows.length === 0 ? undefined : await scanRows(ofRows, scan);
  const keyed = ofKeys.length === 0 ? undefined : await scanKeys(ofKeys, scan);
  return rows ?? keyed;
}

function isOfRows(tally: Tally): tally is Tally<RowQuestion> {
  return tally.question.kind === 'rows';
}

function isOfKeys(tally: Tally): tally is Tally<KeyQuestion> {
  return tally.question.kind === 'key';
}

/** What became of one question: rows that offend, or that it is not known; nothing where it was answered well. */
function asCheck({ question, count, samples, unfinished }: Tally): Check[] {
  if (question.kind === 'unknown') {
    const { id, about, fix } = question.finding;
    return [
      { id, level: 'unknown', text: `It is not known ${about}: ${question.why}.`, ...(fix && { fix }) },
    ];
  }
  const { id, level, final, fix, about, text } = question.finding;
  if (count > 0) {
    const known = unfinished === undefined ? '' : ` (At least; not all rows were looked at: ${unfinished}.)`;
    return [{ id, level, text: text(count) + known, count, samples, fix, ...(final === true && { final }) }];
  }
  if (unfinished === undefined) return [];
  return [
    {
      id,
      level: 'unknown',
      text: `It is not known ${about}: ${unfinished}.`,
      fix: 'Give it more time (--check-time), a quieter hour, or a replica to look at (--check-from).',
    },
  ];
}

/** Only where every question was asked and answered. @param rows absent where an index alone was read */
function allFit(tallies: readonly Tally[], rows: number | undefined): Check[] {
  const fit = tallies.every(
    ({ question, count, unfinished }) =>
      question.kind !== 'unknown' && count === 0 && unfinished === undefined,
  );
  if (!fit) return [];
  const looked =
    rows === undefined ? 'All rows were' : `${counted(rows, 'row')} ${rows === 1 ? 'was' : 'were'}`;
  return [
    { id: 'rows-fit', level: 'ok', text: `${looked} looked at, and all of them fit the definition to come.` },
  ];
}

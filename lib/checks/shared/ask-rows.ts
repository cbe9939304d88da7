import type { Emit } from '../../documents/event.js';
import type { Check } from '../../documents/plan.js';
import type { ServerFacts } from '../../inspect/server.js';
import type { TableFacts } from '../../inspect/table.js';
import type { Question, Tally } from '../../rows/question.js';
import { throttleFor } from '../../rows/read-throttle.js';
import { reader, visibleIndexes } from '../../rows/reader.js';
import { progressReporter, scan } from '../../rows/scan.js';
import { type RowSource, withRowSource } from '../../rows/source.js';
import type { Settings } from '../../settings/settings.js';
import { rowsThat } from './facts.js';

/** Where rows are read, and how. */
interface AskContext {
  table: Pick<TableFacts, 'name' | 'rows'>;
  server: ServerFacts;
  settings: Settings;
  emit: Emit;
  signal: AbortSignal;
}

/**
 * Reads the table, here or on a replica, and reports the rows that do not fit: one pass for all questions about single
 * rows, one for all about keys. It takes no row locks, pauses under load, and ends with `--check-time`; what is unanswered
 * by then is `unknown`, and what was found by then is reported.
 * @throws the signal's reason when it aborts, with no query left running
 * @throws {Fault} exit code 11 if the server, or the replica of `--check-from`, cannot be read
 */
export async function askRows(questions: readonly Question[], context: AskContext): Promise<Check[]> {
  const { settings, signal } = context;
  const tallies = questions.map((question): Tally => ({ question, count: 0, samples: [] }));
  if (settings.checks.timeMs === 0) for (const tally of tallies) tally.unfinished = '--check-time is 0';
  if (settings.checks.timeMs === 0 || questions.every(isUnknown)) return tallies.flatMap(asCheck);
  try {
    return await withRowSource(context.table.name, context, async (source) => {
      const rows = await answer(tallies, source, context);
      return [...source.checks, ...tallies.flatMap(asCheck), ...allFit(tallies, rows)];
    });
  } catch (error) {
    signal.throwIfAborted(); // whatever came of it
    throw error;
  }
}

/** @returns how many rows were read */
async function answer(
  tallies: readonly Tally[],
  { session, connection, server, shape }: RowSource,
  { table, settings, emit, signal }: AskContext,
): Promise<number | undefined> {
  const { timeMs: limitMs } = settings.checks;
  const reading = reader(session, server, connection, { deadline: performance.now() + limitMs, signal });
  const report = progressReporter(emit, table.name);
  const throttle = throttleFor(session, settings.ghost, reading, (throttled) => report({ throttled }));
  return scan(tallies, {
    table: table.name,
    shape: { ...shape, indexes: visibleIndexes(shape) },
    ...(table.rows && { rows: table.rows.count }),
    reader: reading,
    limitMs,
    throttle,
    report,
  });
}

/** The answer to one question: rows that offend, or `unknown`; nothing if all rows fit. */
function asCheck({ question, count, samples, unfinished, said }: Tally): Check[] {
  const { id, about } = question.finding;
  const unknown = (why: string, fix?: string, soFar = ''): Check[] => [
    { id, level: 'unknown', text: `It is unknown${soFar} ${about}: ${why}.`, ...(fix && { fix }) },
  ];
  if (question.kind === 'later') return unknown(question.why, question.finding.fix, ' so far');
  if (question.kind === 'unknown') return unknown(question.why, question.finding.fix);
  const { level, final, fix, text } = question.finding;
  if (count > 0) {
    const known = unfinished === undefined ? '' : ` (At least; not all rows were checked: ${unfinished}.)`;
    const whole = `${text(count)}${said === undefined ? '' : ` The server says: ${said}.`}${known}`;
    return [{ id, level, text: whole, count, samples, fix, ...(final && { final }) }];
  }
  if (unfinished === undefined) return [];
  const next =
    'Allow more time (--check-time), check at a quieter hour, or check on a replica (--check-from).';
  return unknown(unfinished, next);
}

function isUnknown({ kind }: Question): boolean {
  return kind === 'unknown' || kind === 'later';
}

/** Only if every question was asked and answered. @param rows absent if only an index was read */
function allFit(tallies: readonly Tally[], rows: number | undefined): Check[] {
  if (tallies.some(({ question, count, unfinished }) => isUnknown(question) || count > 0 || unfinished))
    return [];
  const read = rows === undefined ? 'All rows were' : rowsThat(rows, 'was', 'were');
  return [{ id: 'rows-fit', level: 'ok', text: `${read} checked, and all of them fit the new definition.` }];
}

import { tableEmptied } from '../../checks/values-lost.js';
import type { Check } from '../../documents/plan.js';
import { exitCodes } from '../../exit-code.js';
import { isRefusal, isServerError, type ServerError } from '../../mysql/errors.js';
import { withScratch } from '../../probe/scratch.js';
import { quoteTable, type TableName, tableLabel } from '../../sql/names.js';
import type { PlainStatement } from '../../sql/statement.js';
import { hasKeyword } from '../../sql/tokens.js';
import { engineOf, readTable } from '../../table/definition.js';
import { normalizeDefinition, renamedTo } from '../../table/forms.js';
import { readShape } from '../../table/shape.js';
import { isKnownEmpty, type TableAhead } from '../ahead.js';
import type { PlanningContext } from '../context.js';
import { reasons } from '../reasons.js';
import { rowsLost } from './existing-tables.js';
import { nothingToDo, type Outlook, refused } from './outlook.js';

/** CREATE TABLE: made in the scratch schema first, so that the statements after it can be planned on it. */
export async function createTable(
  statement: PlainStatement,
  name: TableName,
  context: PlanningContext,
): Promise<Outlook> {
  const there = await context.ahead.at(name);
  const made = await tryOut(statement, name, context);
  if (made instanceof Error) {
    return refused(reasons.serverRejects(made), exitCodes.usage, 'Fix the statement.');
  }
  // MariaDB drops a table of that name first, even one with this very definition.
  const replaces = /^\W*CREATE\s+OR\s+REPLACE\b/i.test(statement.sql);
  if (there !== undefined && !replaces) return existing(statement, tableLabel(name), there, made);
  const before = context.ahead.get(name);
  context.ahead.set(name, made);
  return {
    reasons: [reasons.plain(`${there ? 'Drops and creates again' : 'Creates'} ${tableLabel(name)}.`)],
    checks:
      there?.state === 'known'
        ? await rowsLost('drop-table', 'CREATE OR REPLACE TABLE', there, context)
        : await emptied(before, made, context),
    rows: { count: 0, exact: true },
  };
}

/** An earlier statement drops the table, with its rows. */
async function emptied(
  before: TableAhead | undefined,
  made: TableAhead,
  { session }: PlanningContext,
): Promise<Check[]> {
  if (before?.state !== 'gone' || before.dropped === undefined) return [];
  const { facts } = before.dropped;
  if (await isKnownEmpty(before.dropped, session)) return [];
  return [
    tableEmptied(facts.name, facts.definition, made.state === 'known' ? made.facts.definition : undefined),
  ];
}

/** The table that the statement makes, or why the server refuses it. */
async function tryOut(
  { sql, tables }: PlainStatement,
  name: TableName,
  { session, server, privileges, request, ahead }: PlanningContext,
): Promise<TableAhead | ServerError> {
  const [{ start = 0, end = 0 } = {}] = tables;
  // It would copy rows of real tables; TABLE t is the same as SELECT * FROM t (MySQL 8.0.19).
  if (hasKeyword(sql.slice(end), 'SELECT', 'TABLE')) return unforeseen('it is made from a SELECT');
  const foreignKeys = { outgoing: [], incoming: [] };
  const facts = { server, table: { name, definition: '', foreignKeys }, privileges };
  try {
    return await withScratch(session, facts, request.settings, async (scratch) => {
      scratch.adopt(scratch.place);
      await session.execute('SET SESSION foreign_key_checks=0');
      try {
        await session.execute(`${sql.slice(0, start)}${quoteTable(scratch.place)}${sql.slice(end)}`);
      } finally {
        await session.execute('SET SESSION foreign_key_checks=1');
      }
      const shape = await readShape(session, scratch.place);
      const born = {
        ...shape,
        name,
        definition: renamedTo(shape.definition, name.name),
        engine: engineOf(shape.definition) ?? 'unknown',
        rows: { count: 0, exact: true },
        size: { dataBytes: 0, indexBytes: 0, fileBytes: 0 },
        foreignKeys,
        triggers: [],
        views: [],
        partitioned: readTable(shape.definition)?.partitioning !== undefined,
      };
      return { state: 'known', facts: born, rows: { kind: 'none' } };
    });
  } catch (error) {
    // 1046: it names another table, of the default schema, which a clone must not reach.
    if (isRefusal(error) && error.errno !== 1046 && !ahead.isSetOtherwise) return error;
    if (isServerError(error)) return unforeseen(`it could not be made on trial (${error.message})`);
    throw error;
  }
}

function unforeseen(why: string): TableAhead {
  return { state: 'unforeseen', why };
}

function existing(
  { conditional }: PlainStatement,
  label: string,
  there: TableAhead,
  made: TableAhead,
): Outlook {
  const [is, wanted] = [there, made].map((table) =>
    table.state === 'known' ? normalizeDefinition(table.facts.definition) : undefined,
  );
  if (is !== undefined && is === wanted) {
    return nothingToDo([reasons.inPlace(`${label} is there, with this very definition`)]);
  }
  const compare = `Compare the statement with SHOW CREATE TABLE ${label}.`;
  if (!conditional) {
    const text = `${label} is there already, and is defined differently.`;
    return refused({ id: 'table-exists', text }, exitCodes.refused, compare);
  }
  const text = `${label} is there with another definition, which IF NOT EXISTS keeps.`;
  return nothingToDo(
    [reasons.inPlace(`${label} is there`)],
    [{ id: 'other-definition', level: 'warning', text, fix: compare }],
  );
}

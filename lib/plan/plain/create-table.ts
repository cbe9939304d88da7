import { exitCodes } from '../../exit-code.js';
import type { TableFacts } from '../../inspect/table.js';
import { isRefusal, isServerError } from '../../mysql/errors.js';
import { withScratch } from '../../probe/scratch.js';
import { hasKeyword } from '../../sql/cursor.js';
import { quoteTable, type TableName, tableLabel } from '../../sql/names.js';
import type { PlainStatement } from '../../sql/statement.js';
import { engineOf, readTable } from '../../table/definition.js';
import { normalizeDefinition, renamedTo } from '../../table/forms.js';
import { readShape, type TableShape } from '../../table/shape.js';
import type { PlanningContext } from '../context.js';
import { rowsLost } from './drop-table.js';
import { type Outlook, tableAhead } from './outlook.js';

/** CREATE TABLE: made in the scratch schema first, so that the statements after it can be planned on it. */
export async function createTable(
  statement: PlainStatement,
  name: TableName,
  context: PlanningContext,
): Promise<Outlook> {
  const label = tableLabel(name);
  const there = await tableAhead(name, context);
  const made = await tryOut(statement, name, context);
  if ('refused' in made) {
    return refused(
      'server-rejects',
      `The server says: ${made.refused}`,
      exitCodes.usage,
      'Fix the statement.',
    );
  }
  const replaced = there !== undefined && replaces(statement) ? there : undefined;
  if (there !== undefined && replaced === undefined) return existing(statement, label, there, made);
  const checks =
    replaced?.state === 'known'
      ? await rowsLost('drop-table', 'CREATE OR REPLACE TABLE', replaced, context)
      : [];
  context.ahead.set(
    name,
    'unforeseen' in made
      ? { state: 'unforeseen', why: made.unforeseen }
      : { state: 'known', facts: bornAs(name, made.shape), rows: 'none' },
  );
  const text = `${replaced === undefined ? 'Creates' : 'Drops and creates again'} ${label}.`;
  return { reasons: [{ id: 'plain', text }], checks, rows: 0, rowsExact: true };
}

/** MariaDB: a table of that name is dropped first, even one with this very definition. */
function replaces({ sql }: PlainStatement): boolean {
  return /^\W*CREATE\s+OR\s+REPLACE\b/i.test(sql);
}

type Made = { shape: TableShape } | { unforeseen: string } | { refused: string };

async function tryOut(
  statement: PlainStatement,
  name: TableName,
  { session, server, privileges, request, ahead }: PlanningContext,
): Promise<Made> {
  const [{ start = 0, end = 0 } = {}] = statement.tables;
  // It would copy rows of real tables; TABLE t is the same as SELECT * FROM t (MySQL 8.0.19).
  if (hasKeyword(statement.sql.slice(end), 'SELECT', 'TABLE'))
    return { unforeseen: 'it is made from a SELECT' };
  const unborn = { name, definition: '', foreignKeys: { outgoing: [], incoming: [] } };
  try {
    return await withScratch(
      session,
      { server, table: unborn, privileges },
      request.settings,
      async (scratch) => {
        const { sql } = statement;
        scratch.adopt(scratch.place);
        await session.execute('SET SESSION foreign_key_checks=0');
        try {
          await session.execute(`${sql.slice(0, start)}${quoteTable(scratch.place)}${sql.slice(end)}`);
        } finally {
          await session.execute('SET SESSION foreign_key_checks=1');
        }
        const shape = await readShape(session, scratch.place);
        return { shape: { ...shape, definition: renamedTo(shape.definition, name.name) } };
      },
    );
  } catch (error) {
    // 1046: it names another table, of the default schema, which a clone must not reach.
    if (isRefusal(error) && error.errno !== 1046 && !ahead.isSetOtherwise)
      return { refused: `(${error.errno}): ${error.message}` };
    if (isServerError(error)) return { unforeseen: `it could not be made on trial (${error.message})` };
    throw error;
  }
}

function bornAs(name: TableName, shape: TableShape): TableFacts {
  return {
    ...shape,
    name,
    engine: engineOf(shape.definition) ?? 'unknown',
    rows: { count: 0, exact: true },
    size: { dataBytes: 0, indexBytes: 0, fileBytes: 0 },
    foreignKeys: { outgoing: [], incoming: [] },
    triggers: [],
    views: [],
    partitioned: readTable(shape.definition)?.partitioning !== undefined,
  };
}

function existing(
  { conditional }: PlainStatement,
  label: string,
  there: NonNullable<Awaited<ReturnType<typeof tableAhead>>>,
  made: Exclude<Made, { refused: string }>,
): Outlook {
  const same =
    there.state === 'known' &&
    'shape' in made &&
    normalizeDefinition(there.facts.definition) === normalizeDefinition(made.shape.definition);
  if (same) {
    const text = `Already in place: ${label} is there, with this very definition.`;
    return { reasons: [{ id: 'in-place', text }], settled: { strategy: 'nothing' } };
  }
  if (conditional) {
    return {
      reasons: [{ id: 'in-place', text: `Already in place: ${label} is there.` }],
      settled: { strategy: 'nothing' },
      checks: [
        {
          id: 'other-definition',
          level: 'warning',
          text: `${label} is there with another definition, which IF NOT EXISTS keeps.`,
          fix: `Compare the statement with SHOW CREATE TABLE ${label}.`,
        },
      ],
    };
  }
  return refused(
    'table-exists',
    `${label} is there already, and is defined differently.`,
    exitCodes.refused,
    `Compare the statement with SHOW CREATE TABLE ${label}.`,
  );
}

function refused(id: string, text: string, exitCode: 2 | 4, next: string): Outlook {
  return { reasons: [{ id, text }], settled: { strategy: 'refuse', refusal: { exitCode, next } } };
}

import { randomBytes } from 'node:crypto';
import { type ExitCode, exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { isAccessDenied, isLockWaitTimeout, isServerError } from '../mysql/errors.js';
import { type Session, withPatientSession, withSession } from '../mysql/session.js';
import { rowsElsewhere } from '../probe/faults.js';
import { scratchPrefix } from '../probe/scratch.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { quoteName, quoteTable } from '../sql/names.js';
import { partsOf, withParts } from '../table/definition.js';
import type { Part } from '../table/parts.js';
import { readDefinition } from '../table/shape.js';
import { bookkeepingTables } from './tool-tables.js';
import { qualifiers, withSchema } from './with-schema.js';

interface ScratchCopy {
  name: string;
  /** Tables that are copied with their rows. */
  bookkeeping: readonly string[];
  /** Tables that have rows, but not here. */
  emptied: readonly string[];
  /** Tables, foreign keys, views and triggers that could not be copied. */
  missing: readonly Missing[];
  /** All other schemas. */
  others: readonly string[];
  /** Whether schema names are the same if only their case differs. */
  isFolded: boolean;
}

interface Missing {
  name: string;
  why: string;
}

const cleanUpLimitMs = 30_000;

/**
 * Copies a schema: its tables without rows, its views and triggers, and the tables in which a tool records its
 * migrations with their rows. The copy is dropped at the end; a named lock shows that it is in use.
 * @param more further tables to copy with their rows
 * @throws {Fault} exit code 11 if the account may not create it
 */
export async function withScratchCopy<T>(
  connection: ConnectionSettings,
  schema: string,
  more: readonly string[],
  use: (copy: ScratchCopy) => Promise<T>,
): Promise<T> {
  const name = `${scratchPrefix}${randomBytes(6).toString('hex')}`;
  return withSession(connection, {}, async (session) => {
    await session.rows('SELECT GET_LOCK(?, 1) AS got', [name]);
    try {
      return await use(await copy(session, schema, name, [...bookkeepingTables, ...more]));
    } finally {
      // The session may have been idle for minutes.
      const drop = `DROP DATABASE IF EXISTS ${quoteName(name)}`;
      await withPatientSession(connection, { limitMs: cleanUpLimitMs }, (last) => last.execute(drop));
    }
  });
}

async function copy(...args: Parameters<typeof copyInto>): Promise<ScratchCopy> {
  return copyInto(...args).catch((cause: unknown) => {
    if (!isServerError(cause)) throw cause;
    throw isLockWaitTimeout(cause)
      ? noCopy(
          cause,
          exitCodes.lockTimeout,
          'Another session locks a table of the schema (SHOW PROCESSLIST); retry once it is done.',
        )
      : noCopy(cause, exitCodes.environment, 'Fix what the server reports, and try again.');
  });
}

async function copyInto(
  session: Session,
  schema: string,
  name: string,
  wanted: readonly string[],
): Promise<ScratchCopy> {
  const schemas = await session.rows<{ name: string; charset: string; collation: string }>(
    `SELECT SCHEMA_NAME AS name, DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation
       FROM information_schema.SCHEMATA`,
  );
  const original = schemas.find((each) => each.name === schema);
  if (original === undefined) throw noSchema(schema);
  await create(session, name, `CHARACTER SET ${original.charset} COLLATE ${original.collation}`);
  await session.execute(`USE ${quoteName(name)}`);
  // Old definitions may contain zero dates.
  await session.execute("SET SESSION foreign_key_checks=0, sql_mode=''");
  // Otherwise INSERT … SELECT waits for rows that a deploy has locked.
  await session.execute('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  const tables = await session.rows<{ name: string; type: string }>(
    'SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA=? ORDER BY TABLE_NAME',
    [schema],
  );
  const base = tables.filter(({ type }) => type !== 'VIEW' && type !== 'SEQUENCE').map((table) => table.name);
  const copied = await copyTables(session, schema, base);
  const bookkeeping = copied.made.filter((table) => wanted.includes(table));
  for (const table of bookkeeping) {
    const from = quoteTable({ schema, name: table });
    await session.execute(`INSERT INTO ${quoteTable({ schema: name, name: table })} SELECT * FROM ${from}`);
  }
  const emptied: string[] = [];
  for (const table of copied.made.filter((each) => !bookkeeping.includes(each))) {
    const rows = await session.rows(`SELECT 1 FROM ${quoteTable({ schema, name: table })} LIMIT 1`);
    if (rows.length > 0) emptied.push(table);
  }
  const own = [schema, name, 'information_schema'];
  const others = schemas.map((each) => each.name).filter((each) => !own.includes(each));
  const views = tables.filter(({ type }) => type === 'VIEW').map((view) => view.name);
  const uncopied = [
    ...tables.filter(({ type }) => type === 'SEQUENCE').map(({ name: sequence }) => sequence),
    ...(await routinesOf(session, schema)),
  ].map((each) => ({ name: each, why: 'sequences, procedures and functions are not copied' }));
  const [folds] = await session.rows<{ mode: number }>('SELECT @@lower_case_table_names AS mode');
  const isFolded = Number(folds?.mode) !== 0;
  const left = await copyViews(session, schema, name, others, views);
  const missing = [...copied.missing, ...left, ...uncopied];
  return { name, bookkeeping, emptied, missing, others, isFolded };
}

async function routinesOf(session: Session, schema: string): Promise<string[]> {
  const rows = await session.rows<{ name: string }>(
    'SELECT ROUTINE_NAME AS name FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA=?',
    [schema],
  );
  return rows.map(({ name }) => name);
}

async function create(session: Session, name: string, charset: string): Promise<void> {
  try {
    await session.execute(`CREATE DATABASE ${quoteName(name)} ${charset}`);
  } catch (error) {
    if (!isServerError(error) || !isAccessDenied(error)) throw error;
    const pattern = `${scratchPrefix.replaceAll('_', '\\_')}%`;
    throw noCopy(
      error,
      exitCodes.environment,
      `Allow the account to create scratch schemas (GRANT ALL ON \`${pattern}\`.* TO …), or plan on a copy of the database.`,
    );
  }
}

function noCopy(cause: Error, exitCode: ExitCode, next: string): Fault {
  const text = `The scratch copy of the schema could not be created: ${cause.message}`;
  return new Fault(text, { id: 'no-scratch-copy', exitCode, next, cause });
}

function noSchema(schema: string): Fault {
  return new Fault(`There is no schema ${schema}, or this account may not see it.`, {
    id: 'no-such-schema',
    exitCode: exitCodes.environment,
    next: 'Check --database: it names the schema that the script migrates.',
  });
}

/**
 * Creates the tables of a schema without rows in the session's default schema. A table whose copy would share the rows
 * of the real one is left out, and so is a foreign key to another schema, whose check locks rows of a real parent.
 */
async function copyTables(
  session: Session,
  schema: string,
  tables: readonly string[],
): Promise<{ made: string[]; missing: Missing[] }> {
  const copied: { made: string[]; missing: Missing[] } = { made: [], missing: [] };
  for (const name of tables) {
    const definition = await readDefinition(session, { schema, name });
    if (definition === '') continue;
    const why = rowsElsewhere(definition);
    if (why !== undefined) {
      copied.missing.push({ name, why: `its copy could write to real rows: ${why}` });
      continue;
    }
    const local = withoutForeignParents(definition);
    await session.execute(local.definition);
    copied.made.push(name);
    for (const key of local.left) {
      copied.missing.push({ name: `${name}.${key}`, why: 'a foreign key to another schema is not copied' });
    }
  }
  return copied;
}

/** SHOW CREATE TABLE names the schema of a parent if it is another one. */
function withoutForeignParents(definition: string): { definition: string; left: string[] } {
  const isForeign = (part: Part) => part.what === 'foreign-key' && part.parent.schema !== undefined;
  return {
    definition: withParts(definition, (part) => (isForeign(part) ? undefined : part.sql)),
    left: partsOf(definition)
      .filter(isForeign)
      .map(({ name }) => name),
  };
}

/** Copies views and triggers with the current account as their definer. @param others schemas that they may not use */
async function copyViews(
  session: Session,
  from: string,
  to: string,
  others: readonly string[],
  views: readonly string[],
): Promise<Missing[]> {
  const triggers = await session.rows<{ name: string }>(
    'SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA=? ORDER BY ACTION_ORDER',
    [from],
  );
  const copyOne = async (name: string, kind: 'VIEW' | 'TRIGGER'): Promise<string | undefined> => {
    const [shown] = await session.rows<Record<string, string>>(
      `SHOW CREATE ${kind} ${quoteTable({ schema: from, name })}`,
    );
    const definition = shown?.[kind === 'VIEW' ? 'Create View' : 'SQL Original Statement']?.replace(
      definer,
      '',
    );
    if (definition === undefined) return 'the account may not see its definition';
    const other = [...qualifiers(definition)].find((each) => others.includes(each));
    if (other !== undefined) return `it uses the schema ${other}`;
    await session.execute(`USE ${quoteName(to)}`);
    await session.execute(withSchema(definition, from, to));
    return undefined;
  };
  let left: (Missing & { kind: 'VIEW' | 'TRIGGER' })[] = [
    ...views.map((name) => ({ name, kind: 'VIEW' as const, why: '' })),
    ...triggers.map(({ name }) => ({ name, kind: 'TRIGGER' as const, why: '' })),
  ];
  // A view may need another one: while any can be created, the rest is tried again.
  for (let before = Number.POSITIVE_INFINITY; left.length < before; ) {
    before = left.length;
    const failed: typeof left = [];
    for (const each of left) {
      const why = await copyOne(each.name, each.kind).catch((error: unknown) => {
        if (!isServerError(error)) throw error;
        return error.message;
      });
      if (why !== undefined) failed.push({ ...each, why });
    }
    left = failed;
  }
  return left.map(({ name, why }) => ({ name, why }));
}

const definer = /\bDEFINER\s*=\s*(`[^`]*`|'[^']*'|\S+?)@(`[^`]*`|'[^']*'|\S+)/i;

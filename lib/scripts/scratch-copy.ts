import { randomBytes } from 'node:crypto';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { absentIds } from '../inspect/table.js';
import { isAccessDenied, isLockWaitTimeout, isServerError } from '../mysql/errors.js';
import { type Session, withPatientSession, withSession } from '../mysql/session.js';
import { rowsElsewhere } from '../probe/faults.js';
import { scratchPrefix } from '../probe/scratch.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { quoteName, quoteTable } from '../sql/names.js';
import { withParts } from '../table/definition.js';
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
      const copying = copy(session, schema, name, [...bookkeepingTables, ...more]);
      return await use(await copying.catch((error: unknown) => Promise.reject(explained(error))));
    } finally {
      // The session may have been idle for minutes.
      const drop = `DROP DATABASE IF EXISTS ${quoteName(name)}`;
      await withPatientSession(connection, { limitMs: cleanUpLimitMs }, (last) => last.execute(drop));
    }
  });
}

function explained(error: unknown): unknown {
  if (!isServerError(error)) return error;
  return isLockWaitTimeout(error)
    ? noCopy(error, 'Another session locks a table of the schema (SHOW PROCESSLIST); retry once it is done.')
    : noCopy(error, 'Fix what the server reports, and try again.');
}

function noCopy(cause: Error, next: string): Fault {
  const exitCode = isLockWaitTimeout(cause) ? exitCodes.lockTimeout : exitCodes.environment;
  const text = `The scratch copy of the schema could not be created: ${cause.message}`;
  return new Fault(text, { id: 'no-scratch-copy', exitCode, next, cause });
}

async function copy(
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
  if (original === undefined) {
    const text = `There is no schema ${schema}, or this account may not see it.`;
    const next = 'Check --database: it names the schema that the script migrates.';
    throw new Fault(text, { id: absentIds.schema, exitCode: exitCodes.environment, next });
  }
  await create(session, name, `CHARACTER SET ${original.charset} COLLATE ${original.collation}`);
  await session.execute(`USE ${quoteName(name)}`);
  // Old definitions may contain zero dates.
  await session.execute("SET SESSION foreign_key_checks=0, sql_mode=''");
  // Otherwise INSERT … SELECT waits for rows that a deploy has locked.
  await session.execute('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  const select = (what: string) => session.rows<{ name: string; type: string }>(`SELECT ${what}`, [schema]);
  const all = await select(
    'TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA=? ORDER BY TABLE_NAME',
  );
  const routines = await select(
    `ROUTINE_NAME AS name, 'SEQUENCE' AS type FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA=?`,
  );
  const triggers = await select(
    `TRIGGER_NAME AS name, 'TRIGGER' AS type FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA=? ORDER BY ACTION_ORDER`,
  );
  const named = (type: string) =>
    [...all, ...routines].flatMap((each) => (each.type === type ? each.name : []));
  const views = named('VIEW');
  const others = schemas
    .map((each) => each.name)
    .filter((each) => ![schema, name, 'information_schema'].includes(each));
  const tables = all.filter(({ type }) => type !== 'VIEW' && type !== 'SEQUENCE').map((table) => table.name);
  const { made, missing } = await copyTables(session, schema, tables);
  const bookkeeping = made.filter((table) => wanted.includes(table));
  const emptied: string[] = [];
  for (const table of made) {
    const from = quoteTable({ schema, name: table });
    if (bookkeeping.includes(table)) {
      await session.execute(`INSERT INTO ${quoteTable({ schema: name, name: table })} SELECT * FROM ${from}`);
    } else if ((await session.rows(`SELECT 1 FROM ${from} LIMIT 1`)).length > 0) {
      emptied.push(table);
    }
  }
  const why = 'sequences, procedures and functions are not copied';
  const [folds] = await session.rows<{ mode: number }>('SELECT @@lower_case_table_names AS mode');
  const code = [
    ...views.map((view): Code => ({ name: view, kind: 'VIEW' })),
    ...triggers.map((trigger): Code => ({ name: trigger.name, kind: 'TRIGGER' })),
  ];
  const left = await copyCode(session, { from: schema, to: name, others }, code);
  return {
    name,
    bookkeeping,
    emptied,
    missing: [...missing, ...left, ...named('SEQUENCE').map((each) => ({ name: each, why }))],
    others,
    isFolded: Number(folds?.mode) !== 0,
  };
}

async function create(session: Session, name: string, charset: string): Promise<void> {
  try {
    await session.execute(`CREATE DATABASE ${quoteName(name)} ${charset}`);
  } catch (error) {
    if (!isAccessDenied(error)) throw error;
    const grant = `GRANT ALL ON \`${scratchPrefix.replaceAll('_', '\\_')}%\`.* TO …`;
    throw noCopy(
      error,
      `Allow the account to create scratch schemas (${grant}), or plan on a copy of the database.`,
    );
  }
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
  const made: string[] = [];
  const missing: Missing[] = [];
  for (const name of tables) {
    const definition = await readDefinition(session, { schema, name });
    if (definition === '') continue;
    const why = rowsElsewhere(definition);
    if (why !== undefined) {
      missing.push({ name, why: `its copy could write to real rows: ${why}` });
      continue;
    }
    const local = withParts(definition, (part) => {
      if (part.what !== 'foreign-key' || part.parent.schema === undefined) return part.sql;
      missing.push({ name: `${name}.${part.name}`, why: 'a foreign key to another schema is not copied' });
      return undefined;
    });
    await session.execute(local);
    made.push(name);
  }
  return { made, missing };
}

interface Code {
  name: string;
  kind: 'VIEW' | 'TRIGGER';
}

interface Route {
  from: string;
  to: string;
  /** Schemas that a view or trigger may not use. */
  others: readonly string[];
}

/** Copies views and triggers. A view may need another one: while any can be created, the rest is tried again. */
async function copyCode(session: Session, route: Route, code: readonly Code[]): Promise<Missing[]> {
  let left: (Code & Missing)[] = code.map((each) => ({ ...each, why: '' }));
  for (let before = Number.POSITIVE_INFINITY; left.length < before; ) {
    before = left.length;
    const failed: typeof left = [];
    for (const each of left) {
      const why = await copyOne(session, route, each).catch((error: unknown) => {
        if (!isServerError(error)) throw error;
        return error.message;
      });
      if (why !== undefined) failed.push({ ...each, why });
    }
    left = failed;
  }
  return left.map(({ name, why }) => ({ name, why }));
}

/** The current account becomes the definer. @returns why it cannot be copied */
async function copyOne(
  session: Session,
  { from, to, others }: Route,
  { name, kind }: Code,
): Promise<string | undefined> {
  const [shown] = await session.rows<Record<string, string>>(
    `SHOW CREATE ${kind} ${quoteTable({ schema: from, name })}`,
  );
  const definition = shown?.[kind === 'VIEW' ? 'Create View' : 'SQL Original Statement'];
  if (definition === undefined) return 'the account may not see its definition';
  const own = definition.replace(definer, '');
  const other = [...qualifiers(own)].find((each) => others.includes(each));
  if (other !== undefined) return `it uses the schema ${other}`;
  await session.execute(`USE ${quoteName(to)}`);
  await session.execute(withSchema(own, from, to));
  return undefined;
}

const definer = /\bDEFINER\s*=\s*(`[^`]*`|'[^']*'|\S+?)@(`[^`]*`|'[^']*'|\S+)/i;

import { randomBytes } from 'node:crypto';
import { exitCodes } from '../exit-code.js';
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
import { bookkeepingTables } from './bookkeeping.js';
import { ScratchViews } from './with-schema.js';

interface ScratchCopy {
  name: string;
  /** Tables of which it has the rows. */
  bookkeeping: readonly string[];
  /** Tables that have rows, and have none here. */
  emptied: readonly string[];
  /** Names of tables, foreign keys, views and triggers that are not there, and why. */
  missing: readonly { name: string; why: string }[];
  /** All other schemas. */
  others: readonly string[];
  /** Whether names of schemas that differ in case only are the same. */
  isFolded: boolean;
}

const cleanUpLimitMs = 30_000;

/**
 * Makes a copy of a schema: its tables without their rows, its views and triggers, and the tables in which a tool
 * keeps what it has run with their rows. It is dropped in the end; a named lock tells others that it is in use.
 * @param more tables whose rows are wanted as well
 * @throws {Fault} exit code 11 where the account may not make it
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
      // The session may have lain idle for minutes.
      const drop = `DROP DATABASE IF EXISTS ${quoteName(name)}`;
      await withPatientSession(connection, { limitMs: cleanUpLimitMs }, (last) => last.execute(drop));
    }
  });
}

async function copy(...args: Parameters<typeof copyInto>): Promise<ScratchCopy> {
  return copyInto(...args).catch((cause: unknown) => {
    if (!isServerError(cause)) throw cause;
    throw new Fault(`The copy of the schema could not be made: ${cause.message}`, {
      id: 'no-scratch-copy',
      exitCode: isLockWaitTimeout(cause) ? exitCodes.lockTimeout : exitCodes.environment,
      next: isLockWaitTimeout(cause)
        ? 'Somebody holds a table of the schema (SHOW PROCESSLIST): try again when they are done.'
        : 'See what the message names.',
      cause,
    });
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
  // Definitions from older days may hold zero dates.
  await session.execute("SET SESSION foreign_key_checks=0, sql_mode=''");
  // INSERT … SELECT would wait for rows that a deploy holds.
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
  const left = await new ScratchViews(session, schema, name, others).copyAll(views);
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
    throw new Fault(`The account may not make a copy of the schema: ${error.message}`, {
      id: 'no-scratch-copy',
      exitCode: exitCodes.environment,
      next: `GRANT ALL ON \`${scratchPrefix.replaceAll('_', '\\_')}%\`.* TO the account, or plan on a copy of the database.`,
      cause: error,
    });
  }
}

function noSchema(schema: string): Fault {
  return new Fault(`There is no schema ${schema}, or this account may not see it.`, {
    id: 'no-such-schema',
    exitCode: exitCodes.environment,
    next: 'Check --database: it names the schema that the script is about.',
  });
}

interface Copied {
  made: string[];
  /** Names of tables and foreign keys that a copy must not have, and why. */
  missing: { name: string; why: string }[];
}

/**
 * Makes tables of a schema again, without their rows, in the schema that the session uses. What is done to the copies
 * stays with them: a table whose copy would have the same rows is left out, and so is a foreign key to another schema,
 * whose check locks the rows of a real parent.
 */
async function copyTables(session: Session, schema: string, tables: readonly string[]): Promise<Copied> {
  const copied: Copied = { made: [], missing: [] };
  for (const name of tables) {
    const definition = await readDefinition(session, { schema, name });
    if (definition === '') continue;
    const why = rowsElsewhere(definition);
    if (why !== undefined) {
      copied.missing.push({ name, why: `a copy could write to real rows, for ${why}` });
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

import { randomBytes } from 'node:crypto';
import type { Privileges } from '../inspect/privileges.js';
import type { ServerFacts } from '../inspect/server.js';
import type { TableFacts } from '../inspect/table.js';
import { locksHoldEverywhere } from '../inspect/topology.js';
import { isConnectionGone, unlessRefused } from '../mysql/errors.js';
import { type Session, withPatientSession } from '../mysql/session.js';
import type { Settings } from '../settings/settings.js';
import { quoteName, quoteTable, type TableName, tableLabel } from '../sql/names.js';
import type { AlterStatement } from '../sql/statement.js';
import { withoutConstraintNames } from '../table/forms.js';
import { needsScratchSchema, refuseRowsElsewhere } from './faults.js';
import { Clones, type DefinitionAhead, readRelatives } from './relatives.js';

/** A place for empty clones of one table, and of the tables that foreign keys tie to it. */
export interface Scratch {
  session: Session;
  /** False: clones are created beside the original, without their foreign keys. */
  hasForeignKeys: boolean;
  /** The name of the clone, now or later. */
  place: TableName;
  /** Drops all clones and creates a new one. */
  fresh(): Promise<TableName>;
  /** A table of this name will be dropped at the end. */
  adopt(table: TableName): void;
}

export interface ScratchFacts {
  server: ServerFacts;
  table: Pick<TableFacts, 'name' | 'definition' | 'foreignKeys'>;
  privileges: Privileges;
  /** Tables that the change refers to are cloned as well. */
  statement?: Pick<AlterStatement, 'references'>;
  /** What those will be when the statement is reached. */
  ahead?: DefinitionAhead;
  /** Clones have to be beside the original: gh-ost does not understand a grant on a pattern of schemas. */
  beside?: true;
}

/** Names of all scratch objects begin with it; a GRANT on `` `\_alterwise\_%`.* `` allows them. */
export const scratchPrefix = '_alterwise_';

/**
 * Makes room for clones: in the schema that `--scratch-schema` names; else in a schema of its own if the account may create
 * one; else beside the original. Everything is dropped when `use` ends, by another connection if the session was lost. A
 * named lock shows others that the room is in use; `sweepScratch` first drops rooms whose owner is dead.
 * @throws {Fault} exit code 4 if clones of the table would not have rows of their own
 */
export async function withScratch<T>(
  session: Session,
  { server, table, privileges, statement, ...facts }: ScratchFacts,
  settings: Settings,
  use: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  refuseRowsElsewhere(`A change of ${tableLabel(table.name)}`, table.definition);
  const id = `${scratchPrefix}${randomBytes(6).toString('hex')}`;
  const named = facts.beside ? table.name.schema : settings.scratchSchema;
  const own = named === undefined && mayCreate(privileges, id);
  if (settings.probe === 'scratch' && named === undefined && !own) {
    throw needsScratchSchema('--probe scratch needs a schema for the clone');
  }
  if (locksHoldEverywhere(server.topology)) await sweepScratch(session, table.name.schema);
  await session.rows('SELECT GET_LOCK(?, 1) AS got', [id]);
  const schema = named ?? (own ? id : table.name.schema);
  const beside = schema === table.name.schema;
  const clone = { schema, name: beside ? `${id}_p` : table.name.name };
  const definition = beside ? withoutConstraintNames(table.definition) : table.definition;
  const clones = new Clones();
  try {
    if (own)
      await session.execute(`CREATE DATABASE ${quoteName(id)} ${await optionsOf(session, table.name)}`);
    const relatives = beside
      ? []
      : await readRelatives(session, table, statement?.references ?? [], facts.ahead);
    return await use({
      session,
      hasForeignKeys: !beside,
      place: clone,
      fresh: async () => {
        // The relatives as well: a rename changes the foreign keys that point at the column.
        await clones.dropAll(session);
        for (const { name, definition } of relatives) {
          // Left out if the server refuses it in this schema: two with the same constraint name, say.
          await unlessRefused(clones.create(session, definition, { schema, name }));
        }
        await clones.create(session, definition, clone);
        return clone;
      },
      adopt: (name) => clones.adopt(name),
    });
  } finally {
    await cleanUp(session, settings, own ? id : undefined, clones);
  }
}

function mayCreate(privileges: Privileges, schema: string): boolean {
  return ['CREATE', 'DROP', 'ALTER', 'INSERT', 'SELECT', 'INDEX'].every((name) =>
    privileges.has(name, schema),
  );
}

/** Character set, collation and encryption of the table's own schema: what the statement leaves out comes from there. */
async function optionsOf(session: Session, { schema }: TableName): Promise<string> {
  const [row] = await session.rows<Record<string, string>>(`SHOW CREATE DATABASE ${quoteName(schema)}`);
  return row?.['Create Database']?.replace(/^CREATE DATABASE `(?:[^`]|``)+`/, '') ?? '';
}

async function cleanUp(
  session: Session,
  settings: Settings,
  ownSchema: string | undefined,
  clones: Clones,
): Promise<void> {
  const drop = async (via: Session) => {
    if (ownSchema === undefined) await clones.dropAll(via);
    else await via.execute(`DROP DATABASE IF EXISTS ${quoteName(ownSchema)}`);
  };
  try {
    await drop(session);
  } catch (error) {
    if (!isConnectionGone(error)) throw error;
    await withPatientSession(settings.connection, { limitMs: 30_000 }, drop);
  }
}

/**
 * The change as it is made on a clone in a schema of its own: REFERENCES other.parent would reach, and lock, the real
 * parent, so the schema is left out; the clone of the parent is in the same schema.
 */
export function inScratch(statement: AlterStatement): AlterStatement {
  let from = 0;
  const clauses = statement.clauses.map((clause) => {
    const [start, end] = [from, from + clause.text.length];
    from = end + separator.length;
    const text = statement.references
      .filter((reference) => reference.start >= start && reference.end <= end)
      .reduceRight(
        (sql, { table, ...at }) =>
          sql.slice(0, at.start - start) + quoteName(table) + sql.slice(at.end - start),
        clause.text,
      );
    return { ...clause, text };
  });
  return { ...statement, clauses, spec: clauses.map(({ text }) => text).join(separator) };
}

/** Between the clauses of a spec. */
const separator = ', ';

/**
 * Drops clones that a killed alterwise left behind. Their name (prefix and twelve hex digits) and the free named lock of
 * their owner prove it: a server frees the lock when the owner's connection ends. What cannot be dropped is left to the
 * next sweep.
 */
async function sweepScratch(session: Session, schema: string): Promise<void> {
  const schemas = await session.rows<{ name: string }>(
    "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '\\_alterwise\\_%'",
  );
  const tables = await session.rows<{ name: string }>(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
      WHERE TABLE_SCHEMA=? AND (TABLE_NAME LIKE '\\_alterwise\\_%' OR TABLE_NAME LIKE '\\_\\_alterwise\\_%')`,
    [schema],
  );
  for (const { name } of schemas) {
    if (isRoom(name)) await dropIfDead(session, name, `DROP DATABASE IF EXISTS ${quoteName(name)}`);
  }
  for (const { name } of tables) {
    const id = ownerOfClone(name);
    const table = quoteTable({ schema, name });
    if (id !== undefined) await dropIfDead(session, id, `DROP TABLE IF EXISTS ${table}`);
  }
}

/** Of a schema: its owner holds the lock of its name. */
export function isRoom(name: string): boolean {
  return /^_alterwise_[0-9a-f]{12}$/.test(name);
}

/** The lock that the owner of a clone beside its original holds; undefined of any other table. */
export function ownerOfClone(name: string): string | undefined {
  // A rehearsal lets gh-ost make its tables beside the clone.
  return /^_?(_alterwise_[0-9a-f]{12})_p(?:_gho|_ghc|_ghk|(?:_\d{14})?_del)?$/.exec(name)?.[1];
}

async function dropIfDead(session: Session, id: string, drop: string): Promise<void> {
  const free = await unlessRefused(session.rows<{ free: number }>('SELECT IS_FREE_LOCK(?) AS free', [id]));
  if (free?.[0]?.free === 1) await unlessRefused(session.execute(drop));
}

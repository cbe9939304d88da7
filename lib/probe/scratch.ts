import { randomBytes } from 'node:crypto';
import { exitCodes, Fault } from '../fault.js';
import type { Privileges } from '../inspect/privileges.js';
import type { ServerFacts } from '../inspect/server.js';
import { readDefinition } from '../inspect/shape.js';
import type { TableFacts } from '../inspect/table.js';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import type { Settings } from '../settings/settings.js';
import { quoteName, quoteTable } from '../sql/quote.js';
import { createAs, withoutConstraintNames, withoutParentSchema } from './definition.js';
import { sweepScratch } from './sweep.js';

/** A place for empty clones of one table, and of the tables that foreign keys tie to it. */
export interface Scratch {
  session: Session;
  /** False: clones stand beside the original, without their foreign keys. */
  hasForeignKeys: boolean;
  /** LIKE pattern of the clone's tablespaces, as InnoDB's dictionary names them. */
  spacePattern: string;
  /** Drops the clone that there is, and makes a new one. */
  fresh(): Promise<TableName>;
  /** A table of this name will be dropped at the end. */
  adopt(table: TableName): void;
}

export interface ScratchFacts {
  server: ServerFacts;
  table: TableFacts;
  privileges: Privileges;
}

/** What every scratch object of alterwise is called; a GRANT on `` `\_alterwise\_%`.* `` gives it a room. */
export const scratchPrefix = '_alterwise_';

/**
 * Makes room for clones: in the schema that `--scratch-schema` names; else in a schema of its own where the
 * account may create one; else beside the original. Whatever was made is dropped when `use` ends.
 * A named lock tells others that the room is in use; `sweepScratch` first drops rooms whose owner is dead.
 */
export async function withScratch<T>(
  session: Session,
  { server, table, privileges }: ScratchFacts,
  settings: Settings,
  use: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const id = `${scratchPrefix}${randomBytes(6).toString('hex')}`;
  const own = settings.scratchSchema === undefined && mayCreate(privileges, id);
  if (settings.probe === 'scratch' && settings.scratchSchema === undefined && !own) throw needsSchema();
  if (locksHoldEverywhere(server)) await sweepScratch(session, table.name.schema);
  await lock(session, id);
  const schema = settings.scratchSchema ?? (own ? id : table.name.schema);
  const beside = schema === table.name.schema;
  const made: TableName[] = [];
  try {
    if (own)
      await session.execute(
        `CREATE DATABASE ${quoteName(id)} ${await charsetOf(session, table.name.schema)}`,
      );
    const clone = { schema, name: beside ? `${id}_p` : table.name.name };
    if (!beside) await cloneRelatives(session, table, schema, made);
    return await use({
      session,
      hasForeignKeys: !beside,
      spacePattern: beside ? `%/${escapeLike(id)}\\_p%` : `${escapeLike(schema)}/%`,
      fresh: async () => {
        await drop(
          session,
          made.filter((name) => name.name === clone.name),
        );
        await create(
          session,
          beside ? withoutConstraintNames(table.definition) : table.definition,
          clone,
          made,
        );
        return clone;
      },
      adopt: (name) => made.push(name),
    });
  } finally {
    await cleanUp(session, own ? id : undefined, made);
  }
}

/** Where several servers take writes, a lock that is free here may be held on another: nothing is proved. */
function locksHoldEverywhere({ topology }: ServerFacts): boolean {
  return !topology.galera && !topology.groupReplication && topology.isReplica !== true;
}

function mayCreate(privileges: Privileges, schema: string): boolean {
  return ['CREATE', 'DROP', 'ALTER', 'INSERT', 'SELECT', 'INDEX'].every((name) =>
    privileges.has(name, schema),
  );
}

async function lock(session: Session, name: string): Promise<void> {
  await session.rows('SELECT GET_LOCK(?, 1) AS got', [name]);
}

async function charsetOf(session: Session, schema: string): Promise<string> {
  const [row] = await session.rows<{ charset: string; collation: string }>(
    `SELECT DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation
       FROM information_schema.SCHEMATA WHERE SCHEMA_NAME=?`,
    [schema],
  );
  return row === undefined ? '' : `CHARACTER SET ${row.charset} COLLATE ${row.collation}`;
}

/** Parents and children, so that the server sees the foreign keys that stand in the way of a change. */
async function cloneRelatives(
  session: Session,
  table: TableFacts,
  schema: string,
  made: TableName[],
): Promise<void> {
  const { outgoing, incoming } = table.foreignKeys;
  const relatives = [...outgoing.map((key) => key.parent), ...incoming.map((key) => key.child)];
  for (const relative of relatives.slice(0, 50)) {
    const name = { schema, name: relative.name };
    const taken = [table.name, ...made].some((other) => other.name === relative.name);
    if (!taken) await create(session, await readDefinition(session, relative), name, made);
  }
}

/** Foreign keys to tables that were not cloned dangle while checks are off; the probe itself runs with them on. */
async function create(
  session: Session,
  definition: string,
  table: TableName,
  made: TableName[],
): Promise<void> {
  await session.execute('SET SESSION foreign_key_checks=0');
  try {
    await session.execute(createAs(withoutParentSchema(definition), table));
    if (!made.some((name) => name.name === table.name)) made.push(table);
  } finally {
    await session.execute('SET SESSION foreign_key_checks=1');
  }
}

async function drop(session: Session, tables: readonly TableName[]): Promise<void> {
  if (tables.length === 0) return;
  await session.execute('SET SESSION foreign_key_checks=0');
  await session.execute(`DROP TABLE IF EXISTS ${tables.map(quoteTable).join(', ')}`);
  await session.execute('SET SESSION foreign_key_checks=1');
}

async function cleanUp(
  session: Session,
  schema: string | undefined,
  made: readonly TableName[],
): Promise<void> {
  if (schema !== undefined) await session.execute(`DROP DATABASE IF EXISTS ${quoteName(schema)}`);
  else await drop(session, made);
}

export function escapeLike(text: string): string {
  return text.replace(/[\\_%]/g, (char) => `\\${char}`);
}

function needsSchema(): Fault {
  return new Fault('--probe scratch needs a schema for the clone, and this account may not create one.', {
    id: 'probe-needs-scratch',
    exitCode: exitCodes.environment,
    next: 'Name one with --scratch-schema, or GRANT ALL ON `\\_alterwise\\_%`.* to the account.',
  });
}

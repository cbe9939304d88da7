import { randomBytes } from 'node:crypto';
import type { Privileges } from '../inspect/privileges.js';
import type { ServerFacts } from '../inspect/server.js';
import type { TableFacts } from '../inspect/table.js';
import { locksHoldEverywhere } from '../inspect/topology.js';
import { isConnectionGone } from '../mysql/errors.js';
import { withPatientSession } from '../mysql/patient.js';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import { tableLabel } from '../plan/table-label.js';
import type { Settings } from '../settings/settings.js';
import { quoteName } from '../sql/quote.js';
import type { AlterStatement } from '../sql/statement.js';
import { Clones } from './clone.js';
import { withoutConstraintNames } from './definition.js';
import { cannotBeCloned, needsScratchSchema } from './faults.js';
import { cloneRelatives, type DefinitionAhead, readRelatives } from './relatives.js';
import { rowsElsewhere } from './rows-elsewhere.js';
import { sweepScratch } from './sweep.js';

/** A place for empty clones of one table, and of the tables that foreign keys tie to it. */
export interface Scratch {
  session: Session;
  /** False: clones stand beside the original, without their foreign keys. */
  hasForeignKeys: boolean;
  /** Where a clone stands, or will. */
  place: TableName;
  /** Drops what there is, and makes a new clone. */
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
  /** What they will be by then. */
  ahead?: DefinitionAhead;
  /** Only beside the original will do: gh-ost does not understand a grant on a pattern of schemas. */
  beside?: true;
}

/** What every scratch object of alterwise is called; a GRANT on `` `\_alterwise\_%`.* `` gives it a room. */
export const scratchPrefix = '_alterwise_';

/**
 * Makes room for clones: in the schema that `--scratch-schema` names; else in a schema of its own where the
 * account may create one; else beside the original. Whatever was made is dropped when `use` ends, by another
 * connection where the session was lost. A named lock tells others that the room is in use; `sweepScratch` first
 * drops rooms whose owner is dead.
 * @throws {Fault} exit code 4 where clones of the table would not have rows of their own
 */
export async function withScratch<T>(
  session: Session,
  { server, table, privileges, statement, ...facts }: ScratchFacts,
  settings: Settings,
  use: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const elsewhere = rowsElsewhere(table.definition);
  if (elsewhere !== undefined) throw cannotBeCloned(`A change of ${tableLabel(table.name)}`, elsewhere);
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
    if (own) await session.execute(`CREATE DATABASE ${quoteName(id)} ${await charsetOf(session, table)}`);
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
        await cloneRelatives(session, relatives, schema, clones);
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

async function charsetOf(session: Session, { name }: Pick<TableFacts, 'name'>): Promise<string> {
  const [row] = await session.rows<{ charset: string; collation: string }>(
    `SELECT DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation
       FROM information_schema.SCHEMATA WHERE SCHEMA_NAME=?`,
    [name.schema],
  );
  return row === undefined ? '' : `CHARACTER SET ${row.charset} COLLATE ${row.collation}`;
}

const cleanUpLimitMs = 30_000;

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
    await withPatientSession(settings.connection, { limitMs: cleanUpLimitMs }, drop);
  }
}

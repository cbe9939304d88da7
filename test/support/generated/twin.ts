import { isServerError, type ServerError } from '../../../lib/mysql/errors.js';
import type { Session } from '../../../lib/mysql/session.js';
import type { Schema } from '../../servers.js';
import { makeLiveTables } from './live-tables.js';
import { stateOf } from './state-of.js';

/** The same tables once more, on which the server itself shows whether a plan is right. */
export interface Twin {
  schema: Schema;
  /** Without a default schema. */
  session: Session;
  /** What it holds before anything is done to it. */
  state: string;
}

/** What a statement did to the twin: refused it was, or changed these lines of its state. */
export type Effect = { refused: ServerError } | { changed: string };

export async function makeTwin(schema: Schema, session: Session): Promise<Twin> {
  await setUp(schema);
  return { schema, session, state: await stateOf(schema) };
}

/**
 * Runs a statement on the twin, and makes it as it was again.
 * @param look asked in between, where the statement was not refused
 */
export async function runOnTwin(twin: Twin, sql: string, look?: () => Promise<void>): Promise<Effect> {
  const { schema, state } = twin;
  try {
    await schema.query(sql);
  } catch (error) {
    // What it says of several tables, a server may have done to some.
    if (isServerError(error)) return { refused: error };
    throw error;
  }
  await look?.();
  const now = await stateOf(schema);
  if (now !== state) await reset(twin);
  return { changed: differences(state, now) };
}

/** The lines that only one of two states has. */
export function differences(before: string, after: string): string {
  const [was, is] = [before.split('\n'), after.split('\n')];
  const gone = was.filter((line) => !is.includes(line)).map((line) => `- ${line}`);
  return [...gone, ...is.filter((line) => !was.includes(line)).map((line) => `+ ${line}`)].join('\n');
}

async function reset({ schema }: Twin): Promise<void> {
  const { query, name } = schema;
  await query(`DROP DATABASE ${name}`);
  await query(`CREATE DATABASE ${name}`);
  await query(`USE ${name}`);
  await setUp(schema);
}

async function setUp(schema: Schema): Promise<void> {
  // As strict as the sessions of alterwise are.
  await schema.query(
    "SET SESSION sql_mode=CONCAT_WS(',', NULLIF(@@GLOBAL.sql_mode, ''), 'STRICT_ALL_TABLES'), autocommit=1",
  );
  await makeLiveTables(schema);
}

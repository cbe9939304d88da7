import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Plan } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import { Fault, wrongUsage } from '../fault.js';
import type { Request } from '../plan/request.js';
import type { Values } from '../settings/options.js';
import type { Settings } from '../settings/settings.js';
import { quoteName } from '../sql/names.js';
import type { Statement } from '../sql/statement.js';
import type { Io } from './io.js';

/** The statements, and the plan or the run that they come from, if any. */
export interface Asked {
  statements: readonly Statement[];
  approved?: Plan;
  resumes?: NonNullable<Request['resumes']>;
  reverts?: NonNullable<Request['reverts']>;
}

export type ReadStatements = typeof readStatements;

/**
 * Reads the statements from STATEMENT, `-`, `--file`, `--plan`, `--resume`, or `--table` with `--alter`.
 * @throws {Fault} `usage` (exit 2) unless there is exactly one source with a statement in it
 */
export async function readStatements(
  positionals: readonly string[],
  values: Values,
  { stateDir, connection }: Pick<Settings, 'stateDir' | 'connection'>,
  io: Io,
): Promise<Asked> {
  refuseSeveralSources(positionals, values);
  if (values.resume !== undefined) {
    const { readResumed } = await import('../run/resume.js');
    return await readResumed(stateDir, values.resume, connection);
  }
  if (values.plan !== undefined) return await readPlanned(values.plan, io);
  if (values.file !== undefined) return { statements: await readMigrations(values.file, io) };
  const text = await readText(positionals, values, io);
  const { parseStatements } = await import('../sql/parse.js');
  const statements = parseStatements(text);
  if (values.table !== undefined && statements.length > 1) {
    throw usage('--alter: expected the change of one table, got several statements.');
  }
  return { statements };
}

function refuseSeveralSources(
  positionals: readonly string[],
  { file, table, alter, plan, resume }: Values,
): void {
  const [statement] = positionals;
  const sources = [
    statement !== undefined && 'a statement',
    plan !== undefined && '--plan',
    resume !== undefined && '--resume',
    file !== undefined && '--file',
    (table !== undefined || alter !== undefined) && '--table with --alter',
  ].filter(Boolean);
  if (sources.length === 0) throw usage('No statement was given.');
  if (sources.length > 1) throw usage(`Expected one source of statements, got ${sources.join(' and ')}.`);
  if (positionals.length > 1) {
    throw usage(
      `Expected one statement in quotes, got ${positionals.length} words: ${positionals.join(' ')}`,
    );
  }
}

/** @throws {Fault} `usage` (exit 2) if there are statements beside a script, which brings its own */
export function refuseSources(positionals: readonly string[], values: Values): void {
  const { file, table, alter, resume } = values;
  if (positionals.length === 0 && [file, table, alter, resume].every((value) => value === undefined)) return;
  throw usage('Expected either statements or a script after --, got both.');
}

/** The statements of a saved plan. */
async function readPlanned(path: string, io: Io): Promise<Asked> {
  const { readPlanFile } = await import('../plan/approved.js');
  const { parseTexts } = await import('../sql/migration.js');
  const approved = await readPlanFile(resolve(io.cwd, path));
  const statements = parseTexts(
    approved.statements.map(({ sql }) => sql),
    path,
  );
  return { statements, approved };
}

/** Several files are one migration, planned as a whole and in order. */
async function readMigrations(files: readonly string[], io: Io): Promise<Statement[]> {
  const { parseMigration } = await import('../sql/migration.js');
  const statements: Statement[] = [];
  for (const file of files) {
    statements.push(...parseMigration(await readStatementFile(resolve(io.cwd, file)), file));
  }
  return statements;
}

async function readText(positionals: readonly string[], { table, alter }: Values, io: Io): Promise<string> {
  const [statement] = positionals;
  if (statement === '-') return await readAll(io.stdin);
  if (statement !== undefined) return statement;
  if (table === undefined || alter === undefined) throw usage('Expected --table and --alter together.');
  if (/^\s*alter\s+table\b/i.test(alter)) throw usage('--alter: expected only what follows ALTER TABLE t.');
  return `ALTER TABLE ${quoted(table)} ${alter}`;
}

/** `shop.orders` is a table in a schema; a name with backticks is used as it is. */
function quoted(table: string): string {
  return table.includes('`') ? table : table.split('.').map(quoteName).join('.');
}

async function readStatementFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw usage(`--file: expected a file that can be read, got ${path} (${error.code}).`, error);
  });
  return asText(bytes, path);
}

/** In another encoding a name or a value would silently change. */
function asText(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Fault(`${source} is not UTF-8.`, {
      id: 'not-utf8',
      exitCode: exitCodes.usage,
      next: 'Save it as UTF-8, or convert it with iconv -t UTF-8 -f ITS-ENCODING.',
      cause,
    });
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return asText(Buffer.concat(chunks), 'Standard input');
}

function usage(message: string, cause?: unknown): Fault {
  return wrongUsage(
    message,
    [
      'write one of',
      '  alterwise plan "ALTER TABLE orders ADD COLUMN note text"',
      '  alterwise plan --file change.sql',
      '  alterwise plan --table orders --alter "ADD COLUMN note text"',
      '  alterwise plan - < change.sql',
    ].join('\n'),
    cause,
  );
}

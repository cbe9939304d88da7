import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCodes } from '../exit-code.js';
import { Fault, wrongUsage } from '../fault.js';
import type { Request } from '../plan/request.js';
import type { Values } from '../settings/options.js';
import type { Settings } from '../settings/settings.js';
import { quoteName } from '../sql/names.js';
import type { Statement } from '../sql/statement.js';
import type { Io } from './io.js';

/** Reads the statements, and the plan or the run that they come from, if any. */
export type ReadStatements = (
  positionals: readonly string[],
  values: Values,
  settings: Settings,
  io: Io,
) => Promise<Pick<Request, 'statements' | 'approved' | 'resumes' | 'reverts'>>;

/**
 * From STATEMENT, `-`, `--file`, `--plan`, `--resume`, or `--table` with `--alter`.
 * @throws {Fault} `usage` (exit 2) unless there is exactly one source with a statement in it
 */
export const readStatements: ReadStatements = async (positionals, values, settings, io) => {
  const [statement] = positionals;
  const { file, table, alter, plan, resume } = values;
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
  if (resume !== undefined) {
    const { readResumed } = await import('../run/resume.js');
    return await readResumed(settings.stateDir, resume, settings.connection);
  }
  const { parseMigration, parseTexts } = await import('../sql/migration.js');
  if (settings.review.plan !== undefined) {
    const { readPlanFile } = await import('../plan/approved.js');
    const approved = await readPlanFile(settings.review.plan);
    const texts = approved.statements.map(({ sql }) => sql);
    return { statements: parseTexts(texts, settings.review.plan), approved };
  }
  if (file !== undefined) {
    // Several files are one migration, planned as a whole and in order.
    const statements: Statement[] = [];
    for (const path of file) statements.push(...parseMigration(await readMigration(path, io), path));
    return { statements };
  }
  const { parseStatements } = await import('../sql/parse.js');
  if (statement !== undefined) {
    return { statements: parseStatements(statement === '-' ? await readAll(io.stdin) : statement) };
  }
  const statements = parseStatements(asAlter(table, alter));
  if (statements.length > 1)
    throw usage('--alter: expected the change of one table, got several statements.');
  return { statements };
};

function asAlter(table: string | undefined, alter: string | undefined): string {
  if (table === undefined || alter === undefined) throw usage('Expected --table and --alter together.');
  if (/^\s*alter\s+table\b/i.test(alter)) throw usage('--alter: expected only what follows ALTER TABLE t.');
  // `shop.orders` is a table in a schema; a name with backticks is used as it is.
  const name = table.includes('`') ? table : table.split('.').map(quoteName).join('.');
  return `ALTER TABLE ${name} ${alter}`;
}

async function readMigration(path: string, { cwd }: Io): Promise<string> {
  const bytes = await readFile(resolve(cwd, path)).catch((error: NodeJS.ErrnoException) => {
    throw usage(`--file: expected a file that can be read, got ${path} (${error.code}).`, error);
  });
  return asText(bytes, path);
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return asText(Buffer.concat(chunks), 'Standard input');
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

const examples = [
  'write one of',
  '  alterwise plan "ALTER TABLE orders ADD COLUMN note text"',
  '  alterwise plan --file change.sql',
  '  alterwise plan --table orders --alter "ADD COLUMN note text"',
  '  alterwise plan - < change.sql',
];

function usage(message: string, cause?: unknown): Fault {
  return wrongUsage(message, examples.join('\n'), cause);
}

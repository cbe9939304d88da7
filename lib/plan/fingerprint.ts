import { createHash } from 'node:crypto';
import type { PlannedServer, PlannedStatement } from '../documents/plan.js';
import type { ServerFacts } from '../inspect/server.js';
import type { Settings } from '../settings/settings.js';
import type { TableName } from '../sql/names.js';

/**
 * What a plan holds for: the server, the table's definition, the change, and the settings that decide. Any of
 * them different is another fingerprint.
 */
export function fingerprint(
  server: ServerFacts,
  table: TableName,
  definition: string,
  spec: string,
  settings: Settings,
): string {
  const { strategy, stallBudgetMs, directBudgetMs, probe } = settings;
  const decides = { strategy, stallBudgetMs, directBudgetMs, probe };
  return `sha256:${hash([server.uuid ?? server.host, server.version.text, table, definition, spec, decides])}`;
}

/** Of a statement that runs as it stands. */
export function plainFingerprint(server: ServerFacts, sql: string, database: string | undefined): string {
  return `sha256:${hash([server.uuid ?? server.host, server.version.text, sql, database])}`;
}

/**
 * A short name for a plan: another plan has another. What differs from one look to the next without being another
 * plan (counts, sizes, durations) is left out.
 */
export function planId({ ghOst }: PlannedServer, statements: readonly PlannedStatement[]): string {
  const decided = statements.map((statement) => [
    statement.sql,
    statement.fingerprint,
    statement.strategy,
    statement.kind === 'alter' ? (statement.clause ?? statement.revertTo?.name) : undefined,
    statement.checks.filter(({ level }) => level === 'danger').map(({ id, accepted }) => [id, accepted]),
  ]);
  return hash([decided, ghOst?.version]).slice(0, 10);
}

function hash(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

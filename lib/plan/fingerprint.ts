import { createHash } from 'node:crypto';
import type { ServerFacts } from '../inspect/server.js';
import type { Settings } from '../settings/settings.js';

/**
 * What a plan holds for: the server, the table's definition, the change, and the settings that decide. Any of
 * them different is another fingerprint.
 */
export function fingerprint(
  server: ServerFacts,
  definition: string,
  spec: string,
  settings: Settings,
): string {
  const { strategy, stallBudgetMs, directBudgetMs, probe } = settings;
  const decides = { strategy, stallBudgetMs, directBudgetMs, probe };
  return `sha256:${hash([server.uuid ?? server.host, server.version.text, definition, spec, decides])}`;
}

/** A short name for a plan: another plan has another. */
export function planId(content: unknown): string {
  return hash(content).slice(0, 10);
}

function hash(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

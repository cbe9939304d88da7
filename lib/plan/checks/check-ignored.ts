import type { ServerFacts } from '../../inspect/server.js';
import { hasKeyword } from '../../sql/keywords.js';
import type { AlterStatement } from '../../sql/statement.js';
import type { Check } from '../plan.js';

/** MySQL before 8.0.16 parses CHECK and forgets it (manual, "CHECK Constraints"). */
export function checkIgnored(server: ServerFacts, statement: AlterStatement): Check | undefined {
  const adds = statement.clauses.some(({ head, text }) => head[0] !== 'DROP' && hasKeyword(text, 'CHECK'));
  if (!adds || server.enforcesChecks) return undefined;
  return {
    id: 'check-ignored',
    level: 'warning',
    text: `This server (${server.version.text}) reads CHECK and ignores it: nothing will enforce the rule.`,
    fix: 'Enforce it in the application, or upgrade to MySQL 8.0.16 or MariaDB 10.2 first.',
  };
}

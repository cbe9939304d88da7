import type { Check } from '../documents/plan.js';
import { enforcesChecks } from '../inspect/capabilities.js';
import { hasKeyword } from '../sql/cursor.js';
import type { CheckFacts } from './check-facts.js';

/**
 * MySQL before 8.0.16 parses CHECK and forgets it (manual, "CHECK Constraints"). Where that is all there is to do,
 * the change must not end like one that was made.
 */
export function checkIgnored({ server, statement: { clauses } }: CheckFacts): Check[] {
  const adds = clauses.filter(({ head, text }) => head[0] !== 'DROP' && hasKeyword(text, 'CHECK'));
  if (adds.length === 0 || enforcesChecks(server)) return [];
  const isAll = clauses.every(
    ({ head }) => head[0] === 'ADD' && ['CONSTRAINT', 'CHECK'].includes(head[1] ?? ''),
  );
  return [
    {
      id: 'check-ignored',
      level: isAll && adds.length === clauses.length ? 'danger' : 'warning',
      text: `This server (${server.version.text}) reads CHECK and ignores it: nothing will enforce the rule.`,
      fix: 'Enforce it in the application, or upgrade to MySQL 8.0.16 or MariaDB 10.2 first.',
      final: true,
    },
  ];
}

import { enforcesChecks } from '../inspect/capabilities.js';
import { hasKeyword } from '../sql/tokens.js';
import type { Hazard } from './shared/hazard.js';

/**
 * MySQL before 8.0.16 parses CHECK and ignores it (manual, "CHECK Constraints"). If the statement does nothing else, it
 * must not end like a change that was made.
 */
export const checkIgnored: Hazard = {
  id: 'check-ignored',
  level: 'warning',
  final: true,
  inStatement({ server, statement: { clauses } }) {
    const adds = clauses.filter(({ head, text }) => head[0] !== 'DROP' && hasKeyword(text, 'CHECK'));
    if (adds.length === 0 || enforcesChecks(server)) return undefined;
    const isAll =
      adds.length === clauses.length &&
      clauses.every(({ head }) => head[0] === 'ADD' && ['CONSTRAINT', 'CHECK'].includes(head[1] ?? ''));
    return {
      level: isAll ? 'danger' : 'warning',
      text: `This server (${server.version.text}) parses CHECK and ignores it: nothing will enforce the rule.`,
      fix: 'Enforce it in the application, or upgrade to MySQL 8.0.16 or MariaDB 10.2 first.',
    };
  },
};

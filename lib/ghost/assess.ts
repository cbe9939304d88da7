import { Fault } from '../fault.js';
import type { Privileges } from '../inspect/privileges.js';
import type { ServerFacts } from '../inspect/server.js';
import type { TableFacts } from '../inspect/table.js';
import type { Session } from '../mysql/session.js';
import type { Check } from '../plan/plan.js';
import type { Probe } from '../probe/probe.js';
import type { Settings } from '../settings/settings.js';
import type { AlterStatement } from '../sql/statement.js';
import { type FoundGhost, findGhost } from './binary.js';
import type { Obstacle } from './obstacles.js';
import { servability } from './servability.js';

export interface GhostAssessment {
  /** Empty: gh-ost can do it. */
  obstacles: readonly Obstacle[];
  warnings: readonly Check[];
  binary?: FoundGhost;
}

export interface AssessedFacts {
  session: Session;
  server: ServerFacts;
  table: TableFacts;
  privileges: Privileges;
  statement: AlterStatement;
  probe: Probe | { kind: 'off' };
  settings: Settings;
}

/** Whether gh-ost can make this change here: the binary, the pair of versions, the server, the table, the account. */
export async function assessGhost(facts: AssessedFacts): Promise<GhostAssessment> {
  const binary = await findBinary(facts.settings.ghost.path);
  if ('obstacle' in binary) return { obstacles: [binary.obstacle], warnings: [] };
  const serves = servability(binary.version, facts.server);
  const pair: Obstacle[] = serves.ok ? [] : [{ ...serves.reason, next: serves.next, kind: 'environment' }];
  const warnings: Check[] = serves.ok && serves.warning ? [{ ...serves.warning, level: 'warning' }] : [];
  return { obstacles: [...pair], warnings, binary };
}

async function findBinary(path: string | undefined): Promise<FoundGhost | { obstacle: Obstacle }> {
  try {
    return await findGhost(path);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return {
      obstacle: {
        id: error.id,
        text: error.message,
        next: error.next ?? 'alterwise gh-ost install',
        kind: 'environment',
      },
    };
  }
}

import type { ServerFacts } from '../../inspect/server.js';
import type { TableFacts } from '../../inspect/table.js';
import type { Probe } from '../../probe/probe.js';
import type { AlterStatement } from '../../sql/statement.js';
import type { Check } from '../plan.js';
import { checkIgnored } from './check-ignored.js';
import { galera } from './galera.js';
import { mentioned } from './mentioned.js';
import { rowsGone } from './rows-gone.js';
import { tracerUnknown } from './tracer-unknown.js';
import { valuesLost } from './values-lost.js';

export interface CheckFacts {
  server: ServerFacts;
  table: TableFacts;
  statement: AlterStatement;
  probe: Probe | { kind: 'off' };
}

/** Every check, in a fixed order: the same mistake always gives the same words. */
export function runChecks({ server, table, statement, probe }: CheckFacts): Check[] {
  const probed = probe.kind === 'off' ? undefined : probe;
  const found = [
    probed && valuesLost(probed),
    probed && rowsGone(probed),
    probed && mentioned(table, probed),
    checkIgnored(server, statement),
    galera(server),
    probed && tracerUnknown(probed),
  ];
  return found.filter((check) => check !== undefined);
}

import type { RecordLine } from '../../lib/documents/record.js';
import type { KnownRun } from '../../lib/runs/list.js';

/** A run that died, with these lines in its record. */
export function deadRun(lines: readonly RecordLine[], at = new Date().toISOString()): KnownRun {
  const begin = {
    version: 1,
    type: 'begin',
    run: 'dead-run',
    plan: 'a-plan',
    migration: 'a-migration',
    statements: [],
    accepted: [],
    pid: 1,
    machine: 'here',
    server: { host: 'localhost', port: 3306, name: 'here:3306' },
    planned: [],
    at,
  } as const;
  return {
    run: begin.run,
    state: 'interrupted',
    startedAt: at,
    begin,
    lines: [begin, ...lines.map((line) => ({ ...line, at }))],
  };
}

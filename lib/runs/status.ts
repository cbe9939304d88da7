import type { StrategyName } from '../documents/plan.js';
import type { OutcomeName } from '../documents/result.js';
import { type TableName, tableLabel } from '../sql/names.js';
import type { RunNow } from './control/protocol.js';
import type { KnownRun } from './list.js';
import { lineOf } from './record.js';

/** A run as `alterwise status` shows it: a plain value. */
export interface RunStatus {
  run: string;
  state: KnownRun['state'];
  startedAt: string;
  endedAt?: string;
  exitCode?: number;
  pid: number;
  machine: string;
  server: { host: string; port: number };
  /** The run that it reverts. */
  reverts?: string;
  statements: readonly StatementStatus[];
  now?: RunNow;
}

export interface StatementStatus {
  /** Its first words. */
  verb: string;
  sql?: string;
  /** `schema.table` */
  table?: string;
  strategy: StrategyName;
  /** Absent if it has not ended. */
  outcome?: OutcomeName;
  begun: boolean;
  /** The old table, and until when it is kept. */
  oldTable?: string;
  keepUntil?: string;
  left?: readonly string[];
}

/** @param all the runs of this state folder: a later one may have put back the old table of this one */
export function statusOf({ begin, lines, now, ...known }: KnownRun, all: readonly KnownRun[]): RunStatus {
  const isPutBack = tablesPutBack(known.run, all);
  const dropped = new Set(lines.flatMap((line) => (line.type === 'dropped' ? [line.name] : [])));
  const { pid, machine, server, planned } = begin;
  return {
    run: known.run,
    state: known.state,
    startedAt: known.startedAt,
    ...(known.endedAt !== undefined && { endedAt: known.endedAt }),
    ...(known.exitCode !== undefined && { exitCode: known.exitCode }),
    pid,
    machine,
    server: { host: server.host, port: server.port },
    ...(begin.reverts !== undefined && { reverts: begin.reverts }),
    statements: planned.map(({ sql, verb, table, strategy }, index) => {
      const swapped = lineOf(lines, 'swapped', index);
      const end = lineOf(lines, 'end', index);
      const left = end?.left?.filter((name) => !dropped.has(name)) ?? [];
      return {
        verb,
        ...(sql !== undefined && { sql }),
        ...(table && { table: tableLabel(table) }),
        strategy,
        begun: lineOf(lines, 'start', index) !== undefined,
        ...(swapped &&
          !isPutBack(swapped.table) &&
          !dropped.has(tableLabel(swapped.oldTable)) && {
            oldTable: tableLabel(swapped.oldTable),
            keepUntil: swapped.keepUntil,
          }),
        ...(end && {
          outcome: end.outcome,
          ...(left.length > 0 && { left }),
        }),
      };
    }),
    ...(now && { now }),
  };
}

/** Whether a revert has put back the old table; gh-ost names the table that it replaced `…_rev_del`. */
function tablesPutBack(run: string, all: readonly KnownRun[]): (table: TableName) => boolean {
  const back = all
    .filter(({ begin }) => begin.reverts === run)
    .flatMap(({ lines }) => lines)
    .flatMap((line) =>
      line.type === 'swapped' && line.oldTable.name.endsWith('_rev_del') ? [tableLabel(line.table)] : [],
    );
  return (table) => back.includes(tableLabel(table));
}

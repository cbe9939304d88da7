import type { RunStatus } from '../documents/status.js';
import { type TableName, tableLabel } from '../sql/names.js';
import type { KnownRun } from './list.js';
import { lineOf } from './record.js';

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

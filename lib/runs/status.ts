import type { RunStatus, StatementStatus } from '../documents/status.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { present } from '../util/present.js';
import type { KnownRun } from './list.js';
import { lineOf } from './record.js';

/** @param all the runs of this state folder: a later one may have put back the old table of this one */
export function statusOf({ begin, lines, ...known }: KnownRun, all: readonly KnownRun[]): RunStatus {
  const isPutBack = tablesPutBack(known.run, all);
  const dropped = new Set(lines.flatMap((line) => (line.type === 'dropped' ? line.name : [])));
  const { pid, machine, server, planned, reverts } = begin;
  const statements = planned.map(({ sql, verb, table, strategy }, index): StatementStatus => {
    const swapped = lineOf(lines, 'swapped', index);
    const end = lineOf(lines, 'end', index);
    const left = end?.left?.filter((name) => !dropped.has(name)) ?? [];
    const isGone = !swapped || isPutBack(swapped.table) || dropped.has(tableLabel(swapped.oldTable));
    return present({
      verb,
      sql,
      table: table && tableLabel(table),
      strategy,
      begun: lineOf(lines, 'start', index) !== undefined,
      oldTable: isGone ? undefined : tableLabel(swapped.oldTable),
      keepUntil: isGone ? undefined : swapped.keepUntil,
      outcome: end?.outcome,
      left: left.length > 0 ? left : undefined,
    });
  });
  const { host, port } = server;
  return { ...known, ...present({ reverts }), pid, machine, server: { host, port }, statements };
}

/** Whether a revert has put back the old table; gh-ost names the table that it replaced `…_rev_del`. */
function tablesPutBack(run: string, all: readonly KnownRun[]): (table: TableName) => boolean {
  const lines = all.filter(({ begin }) => begin.reverts === run).flatMap((known) => known.lines);
  const back = lines.flatMap((line) =>
    line.type === 'swapped' && line.oldTable.name.endsWith('_rev_del') ? tableLabel(line.table) : [],
  );
  return (table) => back.includes(tableLabel(table));
}

import type { CellEnd } from './cell.js';
import type { Cell } from './fault.js';

export type Reported = CellEnd | { cell: Cell; impossible: string };

/** One line of the terminal for each cell. */
export function line(reported: Reported): string {
  const { fault, moment, engine, kind } = reported.cell;
  const head = `${kind} ${engine} | ${fault.name} | ${moment}`;
  if ('impossible' in reported) return `SKIP ${head} | ${reported.impossible}`;
  const { told, database, rows, left, again, wrong, ms, says } = reported;
  const facts = [
    told,
    `table ${database}`,
    `rows ${rows}`,
    `left ${left.join(' ') || '-'}`,
    `again ${again}`,
  ];
  const tail = wrong.length > 0 ? ` | WRONG ${wrong.join('; ')} | ${says ?? ''}` : '';
  return `${wrong.length > 0 ? 'FAIL' : 'ok'} ${head} | ${facts.join(' | ')} | ${(ms / 1_000).toFixed(0)} s${tail}`;
}

/** The whole matrix as tables of Markdown, one for each server and engine. */
export function markdown(all: readonly Reported[]): string {
  const groups = new Map<string, Reported[]>();
  for (const each of all) {
    const title = `${each.cell.engine} on ${each.cell.kind}`;
    groups.set(title, [...(groups.get(title) ?? []), each]);
  }
  return [...groups]
    .map(([title, some]) =>
      [
        `### ${title}`,
        '',
        '| fault | moment | told | the table is | its rows | left beside it | the same again |',
        '|---|---|---|---|---|---|---|',
        ...some.map(row),
        '',
      ].join('\n'),
    )
    .join('\n');
}

function row(reported: Reported): string {
  const { fault, moment } = reported.cell;
  if ('impossible' in reported)
    return cells([fault.name, moment, `not tried: ${reported.impossible}`, '', '', '', '']);
  const { told, database, rows, left, again, wrong } = reported;
  const mark = wrong.length > 0 ? ' **wrong**' : '';
  const names = left.map((name) => name.replace(/\d{14}/, '…')).join(', ');
  return cells([fault.name, moment, told + mark, database, rows, names, again]);
}

function cells(values: readonly string[]): string {
  return `| ${values.map((value) => value.replaceAll('|', '\\|')).join(' | ')} |`;
}

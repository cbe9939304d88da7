import type { CellEnd } from './cell.js';
import type { Cell } from './fault.js';
import type { Judgement } from './judge.js';

export type Reported = CellEnd | { cell: Cell; impossible: string };

/** What a line of the matrix says, as it can be kept in a file. */
export interface Kept {
  kind: string;
  engine: string;
  fault: string;
  moment: string;
  impossible?: string;
  end?: Judgement & { ms: number };
}

export function kept(reported: Reported): Kept {
  const { fault, moment, engine, kind } = reported.cell;
  const head = { kind, engine, fault: fault.name, moment };
  if ('impossible' in reported) return { ...head, impossible: reported.impossible };
  const { cell: _cell, seen: _seen, ...end } = reported;
  return { ...head, end };
}

/** One line of the terminal for each cell. */
export function line(reported: Reported): string {
  const { kind, engine, fault, moment, impossible = '', end } = kept(reported);
  const head = `${kind} ${engine} | ${fault} | ${moment}`;
  if (end === undefined) return `SKIP ${head} | ${impossible}`;
  const { told, database, rows, left, again, wrong, ms, says } = end;
  const facts = [
    told,
    `table ${database}`,
    `rows ${rows}`,
    `left ${left.join(' ') || '-'}`,
    `again ${again}`,
  ];
  const tail = `${says === undefined ? '' : ` | ${says}`}${wrong.length > 0 ? ` | WRONG ${wrong.join('; ')}` : ''}`;
  return `${wrong.length > 0 ? 'FAIL' : 'ok'} ${head} | ${facts.join(' | ')} | ${(ms / 1_000).toFixed(0)} s${tail}`;
}

/** The whole matrix as tables of Markdown, one for each server and engine. */
export function markdown(all: readonly Kept[]): string {
  const groups = new Map<string, Kept[]>();
  for (const each of all) {
    const title = `${each.engine === 'direct' ? 'Direct ALTER' : 'gh-ost'} on ${each.kind}`;
    groups.set(title, [...(groups.get(title) ?? []), each]);
  }
  const tables = [...groups].map(([title, some]) => {
    const head = ['fault', 'when', 'told', 'the table is', 'its rows', 'left beside it', 'the same again'];
    return [`### ${title}`, '', row(head), row(head.map(() => '---')), ...some.map(rowOf), ''].join('\n');
  });
  return tables.join('\n');
}

function rowOf({ fault, moment, impossible = '', end }: Kept): string {
  if (end === undefined) return row([fault, moment, `not tried: ${impossible}`, '', '', '', '']);
  const { told, database, rows, left, again, wrong } = end;
  const mark = wrong.length > 0 ? ' **wrong**' : '';
  const names = left.map((name) => name.replace(/^shop\./, '').replace(/\d{14}/, '…')).join(', ');
  return row([fault, moment, told + mark, database, rows, names, again]);
}

function row(values: readonly string[]): string {
  return `| ${values.map((value) => value.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

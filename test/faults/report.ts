import type { CellEnd } from './cell.js';
import type { Cell } from './fault.js';

export type Reported = CellEnd | { cell: Cell; impossible: string };

export const columns = [
  'server',
  'engine',
  'fault',
  'when',
  'told',
  'table',
  'rows',
  'left',
  'again',
  'wrong',
] as const;

/** A line of the matrix, as docs/faults.md explains it. */
export type Row = Readonly<Record<(typeof columns)[number], string>>;

export function rowOf(reported: Reported): Row {
  const { fault, moment, engine, kind } = reported.cell;
  const head = { server: kind, engine, fault: fault.name, when: moment };
  if ('impossible' in reported) {
    const told = `not tried: ${reported.impossible}`;
    return { ...head, told, table: '', rows: '', left: '', again: '', wrong: '' };
  }
  const { told, database, rows, left, again, wrong } = reported;
  const names = left.map((name) => name.replace(/^shop\./, '').replace(/\d{14}/, '…')).join(' ');
  return { ...head, told, table: database, rows, left: names, again, wrong: wrong.join('; ') };
}

/** One line of the terminal for each cell. */
export function line(reported: Reported): string {
  const { server, engine, fault, when, told, table, rows, left, again, wrong } = rowOf(reported);
  const head = `${server} ${engine} | ${fault} | ${when} | ${told}`;
  if ('impossible' in reported) return `SKIP ${head}`;
  const { ms, says } = reported;
  const facts = [`table ${table}`, `rows ${rows}`, `left ${left || '-'}`, `again ${again}`];
  const tail = `${says === undefined ? '' : ` | ${says}`}${wrong === '' ? '' : ` | WRONG ${wrong}`}`;
  return `${wrong === '' ? 'ok' : 'FAIL'} ${head} | ${facts.join(' | ')} | ${(ms / 1_000).toFixed(0)} s${tail}`;
}

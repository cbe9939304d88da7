import { readFile, writeFile } from 'node:fs/promises';
import type { Cell } from './fault.js';
import { type Kept, markdown } from './report.js';

/**
 * Adds results to those of earlier runs: the whole matrix takes hours, and may be run in parts.
 * @returns all, in the order of the matrix
 */
export async function addTo(
  path: string,
  some: readonly Kept[],
  order: readonly Cell[],
): Promise<readonly Kept[]> {
  const before = JSON.parse(await readFile(path, 'utf8').catch(() => '[]')) as Kept[];
  const byKey = new Map([...before, ...some].map((each) => [key(each), each]));
  const places = order.map(({ fault, ...rest }) => key({ ...rest, fault: fault.name }));
  const all = [...byKey.values()].sort((a, b) => places.indexOf(key(a)) - places.indexOf(key(b)));
  await writeFile(path, JSON.stringify(all, undefined, 1));
  return all;
}

const from = '<!-- matrix -->';
const to = '<!-- end of the matrix -->';

/** Writes the matrix into a page, between its marks, or as a file of its own. */
export async function writeMatrix(path: string, all: readonly Kept[]): Promise<void> {
  const page = await readFile(path, 'utf8').catch(() => '');
  const [start, end] = [page.indexOf(from), page.indexOf(to)];
  const text = `${from}\n\n${markdown(all)}\n`;
  await writeFile(
    path,
    start < 0 ? text : `${page.slice(0, start)}${text}${page.slice(Math.max(start, end))}`,
  );
}

function key({ kind, engine, fault, moment }: Pick<Kept, 'kind' | 'engine' | 'fault' | 'moment'>): string {
  return `${kind} ${engine} ${fault} ${moment}`;
}

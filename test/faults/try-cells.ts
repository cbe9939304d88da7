import type { Test } from 'tap';
import type { ServerKind } from '../sandbox/types.js';
import type { Cell, Engine } from './fault.js';
import { allFaults } from './faults/all.js';
import { tooLate } from './judge.js';
import type { Moment } from './moment.js';
import { line } from './report.js';
import { runCells } from './run-cells.js';

/** Rows of a table that is copied: few, since a test is no matrix. */
const ghostRows = 6_000;

/** Tries some cells of the matrix, as a test each. */
export async function tryCells(t: Test, cells: readonly Cell[]): Promise<void> {
  const stop = new AbortController();
  t.teardown(() => stop.abort());
  const subtests: Promise<unknown>[] = [];
  await runCells(cells, { lanes: 3, signal: stop.signal, ghostRows }, (reported) => {
    const { kind, engine, moment, fault } = reported.cell;
    const name = `${kind} ${engine}: ${fault.name} at ${moment}`;
    t.comment(line(reported));
    if ('impossible' in reported) {
      subtests.push(t.test(name, { skip: reported.impossible }, async () => {}));
      return;
    }
    // A direct ALTER on a fast machine.
    if (reported.wrong.length === 1 && reported.wrong[0] === tooLate) {
      subtests.push(t.test(name, { skip: 'it was through before the moment came' }, async () => {}));
      return;
    }
    subtests.push(t.test(name, async (t) => void t.same(reported.wrong, [])));
  });
  await Promise.all(subtests);
}

export function cell(kind: ServerKind, engine: Engine, moment: Moment, name: string): Cell {
  const fault = allFaults.find((each) => each.name === name);
  if (fault === undefined) throw new Error(`no fault is called ${name}`);
  return { kind, engine, moment, fault };
}

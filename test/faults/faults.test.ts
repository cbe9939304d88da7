import t from 'tap';
import type { ServerKind } from '../../lib/sandbox/types.js';
import type { Cell, Engine } from './fault.js';
import { allFaults } from './faults/all.js';
import type { Moment } from './moment.js';
import { line } from './report.js';
import { runCells } from './run-cells.js';

/** The most telling cells of the matrix; `npm run faults` has them all. */
const cells: readonly Cell[] = [
  cell('mysql-9.7', 'gh-ost', 'copy', 'SIGKILL of alterwise'),
  cell('mysql-9.7', 'gh-ost', 'copy', 'SIGKILL of the server'),
  cell('mysql-9.7', 'gh-ost', 'copy', 'TRUNCATE of the table'),
  cell('mysql-9.7', 'gh-ost', 'verify', 'SIGTERM of alterwise'),
  cell('mysql-9.7', 'gh-ost', 'wait-cut-over', 'network cut for 3 s'),
  cell('mysql-9.7', 'gh-ost', 'cut-over', "KILL of gh-ost's connections"),
  cell('mysql-9.7', 'gh-ost', 'locked', 'SIGKILL of gh-ost'),
  cell('mysql-9.7', 'direct', 'apply', "KILL of alterwise's connections"),
  cell('mariadb-10.11', 'direct', 'apply', 'SIGKILL of alterwise'),
  cell('mariadb-10.11', 'direct', 'apply', 'SIGKILL of the server'),
];

t.test('whatever goes wrong, what is told is so, no row is lost, and a second run ends it', async (t) => {
  const stop = new AbortController();
  t.teardown(() => stop.abort());
  await runCells(cells, { lanes: 2, signal: stop.signal, ghostRows: 8_000 }, (reported) => {
    t.comment(line(reported));
    const { kind, engine, moment, fault } = reported.cell;
    t.test(`${kind} ${engine}: ${fault.name} at ${moment}`, async (t) => {
      if ('impossible' in reported) return void t.comment(reported.impossible);
      t.same(reported.wrong, []);
    });
  });
});

function cell(kind: ServerKind, engine: Engine, moment: Moment, name: string): Cell {
  const fault = allFaults.find((each) => each.name === name);
  if (fault === undefined) throw new Error(`no fault is called ${name}`);
  return { kind, engine, moment, fault };
}

/**
 * `npm run faults` makes every fault happen at every moment, prints what comes of each, and writes it into the matrix.
 *   --only TEXT      those whose name contains it; --moment, --engine, --kind likewise
 *   --random N       kills something at a random moment of a run, N times; --seed S repeats a series; not in the matrix
 *   --out FILE       the matrix; lines of cells that are not tried stay (default: docs/faults-matrix.csv)
 *   --lanes N        servers at a time, of each kind
 */
import { parseArgs } from 'node:util';
import { allFaults } from './faults/all.js';
import { addToMatrix, matrixPath } from './keep.js';
import { cellsOf } from './matrix.js';
import { randomCells } from './random.js';
import { line, type Reported, rowOf } from './report.js';
import { runCells } from './run-cells.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    moment: { type: 'string', default: '' },
    engine: { type: 'string', default: '' },
    kind: { type: 'string', default: '' },
    random: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    out: { type: 'string', default: matrixPath },
    lanes: { type: 'string', default: '1' },
  },
});
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

const all =
  values.random === undefined ? cellsOf(allFaults) : randomCells(Number(values.random), Number(values.seed));
const cells = all.filter(
  ({ fault, moment, engine, kind }) =>
    fault.name.includes(values.only) &&
    moment.startsWith(values.moment) &&
    engine.startsWith(values.engine) &&
    kind.startsWith(values.kind),
);
if (values.random !== undefined) console.log(`--seed ${values.seed}`);
console.log(`${cells.length} cells`);
const done: Reported[] = [];
await runCells(cells, { lanes: Number(values.lanes), signal: stop.signal }, (reported) => {
  done.push(reported);
  console.log(line(reported));
});
if (values.random === undefined) await addToMatrix(values.out, done.map(rowOf), all);
const wrong = done.filter((reported) => 'wrong' in reported && reported.wrong.length > 0);
console.log(`${done.length} cells, ${wrong.length} wrong`);
// Not by itself: Node 20 may spin for ever over a socket that is still being closed (Environment::CleanupHandles).
process.exit(wrong.length > 0 ? 1 : 0);

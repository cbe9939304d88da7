/**
 * `npm run faults` lets every fault happen at every moment, and prints what comes of it.
 *   --only TEXT      those whose name contains it; --moment, --engine, --kind likewise
 *   --random N       kills something at a random moment of a run, N times; --seed S repeats a series
 *   --out FILE       the matrix as Markdown, in a page between its marks
 *   --results FILE   keeps what came of each cell, and adds it to what earlier runs have put there
 *   --lanes N        servers at a time, of each kind
 */
import { parseArgs } from 'node:util';
import { allFaults } from './faults/all.js';
import { addTo, writeMatrix } from './keep.js';
import { cellsOf } from './matrix.js';
import { randomCells } from './random.js';
import { kept, line, type Reported } from './report.js';
import { runCells } from './run-cells.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    moment: { type: 'string', default: '' },
    engine: { type: 'string', default: '' },
    kind: { type: 'string', default: '' },
    random: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    out: { type: 'string' },
    results: { type: 'string' },
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
const some = done
  .toSorted((a, b) => cells.indexOf(a.cell) - cells.indexOf(b.cell))
  .map((reported) => kept(reported));
const everything = values.results === undefined ? some : await addTo(values.results, some, all);
if (values.out !== undefined) await writeMatrix(values.out, everything);
const wrong = some.filter(({ end }) => end !== undefined && end.wrong.length > 0);
console.log(`${done.length} cells, ${wrong.length} wrong`);
// Not by itself: Node 20 may spin for ever over a socket that is still being closed (Environment::CleanupHandles).
process.exit(wrong.length > 0 ? 1 : 0);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { allFaults } from './faults/all.js';
import { addToMatrix, matrixPath, readCsv, writeCsv } from './keep.js';
import { cellsOf } from './matrix.js';

const pagePath = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));
const text = readFileSync(matrixPath, 'utf8');
const order = cellsOf(allFaults);

t.test('the matrix in docs has a line for each cell, and none is wrong', async (t) => {
  const rows = readCsv(text);
  t.equal(writeCsv(rows), text, 'what is read is written back unchanged');
  const names = order.map(({ kind, engine, fault, moment }) => [kind, engine, fault.name, moment].join(', '));
  t.same(
    rows.map(({ server, engine, fault, when }) => [server, engine, fault, when].join(', ')),
    names,
  );
  t.same(
    rows.filter(({ wrong }) => wrong !== ''),
    [],
  );
  t.match(readFileSync(pagePath, 'utf8'), `each of the ${rows.length} combinations`);
});

t.test('a part of the matrix that is tried again replaces its own lines alone', async (t) => {
  const path = join(t.testdir({ 'matrix.csv': text }), 'matrix.csv');
  const [first, second, ...rest] = readCsv(text);
  if (first === undefined || second === undefined) return t.fail('an empty matrix');
  const again = { ...second, told: 'done (0), "quoted"' };
  await addToMatrix(path, [again], order);
  t.same(readCsv(readFileSync(path, 'utf8')), [first, again, ...rest]);
});

import { readFile } from 'node:fs/promises';
import t from 'tap';
import { hazards } from '../../lib/checks/all.js';

t.test('docs/checks.md lists every hazard, and each has one id', async (t) => {
  const page = await readFile('docs/checks.md', 'utf8');
  const ids = hazards.map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length);
  for (const id of ids) t.ok(page.includes(`\`${id}\``), id);
});

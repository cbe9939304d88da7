import { appendFile, mkdir } from 'node:fs/promises';
import t, { type Test } from 'tap';
import type { Carried, RecordLine } from '../../lib/documents/record.js';
import { migrationKey, readEarlierRun, statementHash } from '../../lib/plan/earlier.js';
import { beginRecord, pointerPath, recordPath } from '../../lib/runs/record.js';
import { parseMigration } from '../../lib/sql/migration.js';

const statements = parseMigration('SET @a = 1; UPDATE o SET a = 1; INSERT INTO o VALUES (1)', 'm.sql');
const migration = migrationKey({ uuid: 'u', host: 'h' }, 'shop', statements);
const table = { schema: 'shop', name: 'o' };

const start = (index: number): RecordLine => ({ type: 'start', index, verb: 'UPDATE', tables: [table] });
const end = (index: number, outcome: 'done' | 'unknown' = 'done'): RecordLine => ({
  type: 'end',
  index,
  outcome,
  exitCode: outcome === 'done' ? 0 : 9,
  tables: [{ table, definition: 'hash' }],
});

async function recorded(t: Test) {
  const stateDir = t.testdir({});
  return {
    stateDir,
    write: async (run: string, lines: readonly (RecordLine | string)[], carried?: Carried) => {
      const hashes = statements.map(statementHash);
      const where = {
        pid: 1,
        machine: 'here',
        server: { host: 'db', port: 3306, name: 'db:3306' },
        planned: [],
      };
      const begin = { version: 1, type: 'begin', run, plan: 'p', migration, accepted: [], ...where } as const;
      const record = await beginRecord(stateDir, {
        ...begin,
        statements: hashes,
        ...(carried && { carried }),
      });
      for (const line of lines) {
        if (typeof line === 'string') await appendFile(recordPath(stateDir, run), line);
        else await record.append(line);
      }
      await record.close();
    },
    read: () => readEarlierRun(stateDir, migration, statements),
  };
}

t.test('a statement whose end could not be determined is in doubt, and not only one', async (t) => {
  const on = await recorded(t);
  await on.write('r', [start(0), end(0), start(1), end(1, 'unknown'), start(2)]);
  const earlier = await on.read();
  t.match(earlier, { run: 'r', doubts: new Set([1, 2]) });
  t.same([...(earlier?.done.keys() ?? [])], [0]);
  t.same(earlier?.tables, [], 'nor is it known what they have made of their tables');
});

t.test('a line that was cut off, wherever it stands, is none', async (t) => {
  const on = await recorded(t);
  await on.write('r', [start(0), end(0), start(1), '{"type":"en\n', start(2), end(2), '{"type":"fin']);
  const earlier = await on.read();
  t.match(earlier, { doubts: new Set([1]) });
  t.same([...(earlier?.done.keys() ?? [])], [0, 2]);
});

t.test('what a run has taken over counts as if it had done it itself', async (t) => {
  const on = await recorded(t);
  const done = [{ index: 1, run: 'first', at: 'then' }];
  await on.write('second', [], { done, doubts: [2], tables: [{ table, definition: 'hash' }] });
  t.same(await on.read(), {
    run: 'second',
    path: (await on.read())?.path,
    done: new Map([[1, { run: 'first', at: 'then' }]]),
    doubts: new Set([2]),
    tables: [{ table, definition: 'hash' }],
  });
});

t.test('a state folder that cannot be read is no defect', async (t) => {
  const on = await recorded(t);
  await mkdir(pointerPath(on.stateDir, migration), { recursive: true });
  const error: unknown = await on.read().catch((caught: unknown) => caught);
  t.match(error, { id: 'state-dir', exitCode: 11, next: /--state-dir/ });
});

import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Estimate, PlannedAlter } from '../../lib/documents/plan.js';
import type { StatementResult } from '../../lib/documents/result.js';
import { readCorrections, recordDuration } from '../../lib/forecast/history.js';
import { ghostStatement, planOf } from '../fixtures/plans.js';
import { doneResult } from '../fixtures/results.js';

const { server } = planOf();

function statement(estimate: Partial<Estimate> = {}): PlannedAlter {
  const { estimate: base } = ghostStatement;
  return {
    ...ghostStatement,
    estimate: { ...base, durationMs: { low: 600, high: 1_400 }, rough: false, ...estimate },
  };
}

const took = (durationMs: number, changes: Partial<StatementResult> = {}): StatementResult => ({
  ...doneResult,
  attempts: 1,
  durationMs,
  ...changes,
});

async function folder(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'aw-history-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

t.test('from three runs on, a forecast is corrected by their median', async (t) => {
  const dir = join(await folder(t), 'not', 'there', 'yet');
  for (const [n, ms] of [1_300, 1_200, 1_900].entries()) {
    t.equal((await readCorrections(server, dir))('gh-ost'), undefined, `after ${n}`);
    t.equal(await recordDuration(statement(), took(ms), server, dir), undefined);
  }
  const experience = await readCorrections(server, dir);
  t.same(experience('gh-ost'), { factor: 1.3, runs: 3 });
  t.equal(experience('rebuild'), undefined, 'another way');
  t.equal((await readCorrections({ host: 'other:1' }, dir))('gh-ost'), undefined, 'another server');
});

t.test('a correction is not corrected away by the runs that had it', async (t) => {
  const dir = await folder(t);
  for (const _ of [1, 2, 3]) await recordDuration(statement(), took(1_500), server, dir);
  const learnt = (await readCorrections(server, dir))('gh-ost');
  t.same(learnt, { factor: 1.5, runs: 3 });
  // Later runs are predicted with the correction, and take what it says.
  const corrected = { durationMs: { low: 900, high: 2_100 }, ...(learnt && { corrected: learnt }) };
  for (const _ of [1, 2, 3, 4]) await recordDuration(statement(corrected), took(1_500), server, dir);
  t.same((await readCorrections(server, dir))('gh-ost'), { factor: 1.5, runs: 7 });
});

t.test('one server is not believed to be ten times as slow', async (t) => {
  const dir = await folder(t);
  for (const ms of [60_000, 60_000, 60_000]) await recordDuration(statement(), took(ms), server, dir);
  t.equal((await readCorrections(server, dir))('gh-ost')?.factor, 2);
});

t.test('what teaches nothing is not written down', async (t) => {
  const dir = await folder(t);
  const cases: [PlannedAlter, StatementResult][] = [
    [statement({ rough: true }), took(1_000)],
    [statement(), took(1_000, { outcome: 'failed', exitCode: 7 })],
    [statement(), took(1_000, { attempts: 2 })],
    [statement(), took(1_000, { strategy: 'copy' })],
  ];
  for (const [planned, result] of cases)
    t.equal(await recordDuration(planned, result, server, dir), undefined);
  await t.rejects(readFile(join(dir, 'forecasts.ndjson')), { code: 'ENOENT' });
});

t.test('lines that cannot be read are passed over, and only the last ones are read', async (t) => {
  const dir = await folder(t);
  const path = join(dir, 'forecasts.ndjson');
  const noise =
    '{"server":1}\nnull\n[]\n{"server":"x","way":"gh-ost","foretoldMs":{"low":0,"high":0},"actualMs":"5"}\n{"ser';
  await writeFile(path, `${noise}\n`);
  for (const _ of [1, 2, 3]) await recordDuration(statement(), took(1_200), server, dir);
  t.same((await readCorrections(server, dir))('gh-ost'), { factor: 1.2, runs: 3 });
  for (let n = 0; n < 200; n++) await recordDuration(statement(), took(800), server, dir);
  await appendFile(path, '{"half of a li');
  const last = (await readCorrections(server, dir))('gh-ost');
  t.equal(last?.factor, 0.8);
  t.ok((last?.runs ?? 999) <= 200);
});

t.test('a folder that cannot be used ends nothing', async (t) => {
  const dir = join(await folder(t), 'file');
  await writeFile(dir, 'in the way');
  t.match(await recordDuration(statement(), took(1_000), server, dir), /could not be recorded/);
  t.equal((await readCorrections(server, dir))('gh-ost'), undefined);
});

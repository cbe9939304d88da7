import type { Test } from 'tap';

/**
 * One subtest for each case, several at a time: for bodies that mostly wait, and have a table of their own.
 * @param cases by the names of the subtests
 * @returns what the bodies returned, in the order of the cases, without those that failed
 */
export async function severalAtOnce<Case, Result>(
  t: Test,
  cases: readonly (readonly [name: string, each: Case])[],
  body: (t: Test, each: Case) => Promise<Result>,
  jobs = 4,
): Promise<Result[]> {
  t.jobs = jobs;
  const results = new Map<number, Result>();
  const tests = cases.map(([name, each], i) =>
    t.test(name, { buffered: true }, async (t) => void results.set(i, await body(t, each))),
  );
  await Promise.all(tests);
  t.jobs = 1;
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}

import t from 'tap';
import { type FileResult, tapResults } from './tap-results.js';

const text = `TAP version 14
# Subtest: test/a.test.ts
    # Subtest: outer
        # Subtest: right
            ok 1 - one
            1..1
        ok 1 - right # time=1ms
        # Subtest: wrong
            not ok 1 - two
              ---
              diff: |
                -1
                +2
              at:
                fileName: test/a.test.ts
                lineNumber: 3
              source: a long listing
              ...
            1..1
        not ok 2 - wrong
        1..2
    not ok 1 - outer
    ok 2 - elsewhere # SKIP no such server
    1..2
not ok 1 - test/a.test.ts # time=12ms
# Subtest: test/b.test.ts
    ok 1 - without subtests
    1..1
ok 2 - test/b.test.ts # time=3ms
# Subtest: test/c.test.ts
    stray output
    # Subtest: fine
        ok 1 - one
        1..1
    ok 1 - fine
    not ok 2 - late exception
    1..2
not ok 3 - test/c.test.ts # time=3ms
not ok 4 - test/d.test.ts
  ---
  exitCode: 1
  ...
ok 5 - test/e.test.ts # TODO to be written
1..5
`;

t.test('subtests without subtests are what counts, and nothing red is left out', async (t) => {
  const files: FileResult[] = [];
  const parser = tapResults((result) => files.push(result));
  parser.end(text);
  const outcomes = files.map(({ tests }) => tests.map(({ name, outcome }) => [name, outcome]));
  t.same(outcomes, [
    [
      ['test/a.test.ts > outer > right', 'passed'],
      ['test/a.test.ts > outer > wrong', 'failed'],
      ['test/a.test.ts > elsewhere', 'skipped'],
    ],
    [['test/b.test.ts', 'passed']],
    [
      ['test/c.test.ts > fine', 'passed'],
      ['test/c.test.ts (outside of its tests)', 'failed'],
    ],
    [['test/d.test.ts', 'failed']],
    [['test/e.test.ts', 'passed']],
  ]);
  const [a, , c, d] = files;
  t.equal(a?.tests[1]?.said?.trim(), 'two (test/a.test.ts:3)\ndiff:\n  -1\n  +2', 'all but the listing');
  t.equal(a?.tests[2]?.said, 'no such server');
  t.match(c?.tests[1]?.said, /late exception\nstray output/);
  t.match(d?.tests[0]?.said, /exitCode: 1/);
});

import t from 'tap';
import { contradiction } from '../../lib/plan/first-choice.js';

const instant = 'ALGORITHM=INSTANT';
const instantOfMariadb = 'ALGORITHM=INSTANT, LOCK=NONE';
const inplace = 'ALGORITHM=INPLACE, LOCK=NONE';
const shared = 'ALGORITHM=INPLACE, LOCK=SHARED';
const copy = 'ALGORITHM=COPY, LOCK=SHARED';
const onlineCopy = 'ALGORITHM=COPY, LOCK=NONE';

/** What the statement says, what the server can do, and whether that is at most as dear. */
const cases: [
  algorithm: string | undefined,
  lock: string | undefined,
  clause: string | undefined,
  fits: boolean,
][] = [
  [undefined, undefined, copy, true],
  ['DEFAULT', 'DEFAULT', copy, true],
  ['COPY', undefined, instant, true],
  ['COPY', undefined, copy, true],
  ['INPLACE', undefined, instant, true],
  ['INPLACE', undefined, inplace, true],
  ['INPLACE', undefined, copy, false],
  ['INPLACE', undefined, onlineCopy, false],
  ['INPLACE', 'NONE', inplace, true],
  ['INPLACE', 'NONE', shared, false],
  ['INPLACE', 'SHARED', shared, true],
  ['INSTANT', undefined, instant, true],
  ['INSTANT', undefined, instantOfMariadb, true],
  ['INSTANT', undefined, inplace, false],
  ['NOCOPY', undefined, inplace, false],
  [undefined, 'NONE', instant, true],
  [undefined, 'NONE', onlineCopy, true],
  [undefined, 'NONE', copy, false],
  [undefined, 'EXCLUSIVE', copy, true],
  ['INSTANT', undefined, undefined, false],
  ['FAST', undefined, instant, false],
  [undefined, 'SOFT', instant, false],
];

t.test('a clause of the user is the most that a change may cost', async (t) => {
  for (const [algorithm, lock, clause, fits] of cases) {
    const asserted = { ...(algorithm && { algorithm }), ...(lock && { lock }) };
    const found = contradiction(asserted, clause);
    t.equal(found === undefined, fits, `${JSON.stringify(asserted)} and ${clause}`);
    if (found !== undefined)
      t.match(found, { id: 'asserted-clause', text: new RegExp(algorithm ?? lock ?? '') });
  }
});

import t from 'tap';
import { Fault } from '../../lib/fault.js';
import { splitStatements } from '../../lib/sql/parse.js';

function split(text: string): string[] {
  return splitStatements(text).map((tokens) => tokens.map((token) => token.text).join(' '));
}

const cases: readonly [text: string, statements: string[]][] = [
  ['', []],
  [';;;', []],
  ['-- nothing\n;/* here */', []],
  ['a b', ['a b']],
  ['a; b;', ['a', 'b']],
  ['a \';\' `;` ";"; b', ['a \';\' `;` ";"', 'b']],
  ['a -- ; x\n; b # ;', ['a', 'b']],
  ['a /* ; */ ; b', ['a', 'b']],
  ['a (;) b', ['a (', ') b']],
  ['/*!40000 a */; b', ['/*!40000 a */', 'b']],
];

for (const [text, statements] of cases) {
  t.test(JSON.stringify(text), async (t) => t.same(split(text), statements));
}

for (const text of ['/*! a; b */', "/*! a '*/' b */", '/*! a # b */\n */', '/*! `*/` */']) {
  t.test(`ambiguous: ${JSON.stringify(text)}`, async (t) => {
    const error = t.throws(() => splitStatements(text));
    t.ok(error instanceof Fault);
    t.match(error, { id: 'executable-comment', exitCode: 4 });
  });
}

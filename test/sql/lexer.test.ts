import t from 'tap';
import { Fault } from '../../lib/fault.js';
import { lex } from '../../lib/sql/lexer.js';

const cases: readonly [name: string, text: string, tokens: string[]][] = [
  ['nothing', '', []],
  ['spaces only', ' \t\r\n\v\f', []],
  ['words', 'ALTER table_1 $x', ['word ALTER', 'word table_1', 'word $x']],
  ['unicode words', 'größe 表 naïve', ['word größe', 'word 表', 'word naïve']],
  ['a no-break space is a letter', 'a\u00a0b', ['word a\u00a0b']],
  ['a byte order mark', '\uFEFFALTER', ['word ALTER']],
  [
    'a word may begin with a digit',
    '1st 1e5 0xFF 0b01 0xyz 12 1.5',
    ['word 1st', 'number 1e5', 'number 0xFF', 'number 0b01', 'word 0xyz', 'number 12', 'number 1.5'],
  ],
  [
    'touching tokens',
    '`a`.b(1,2)',
    ['quoted-name `a`', 'symbol .', 'word b', 'symbol (', 'number 1', 'symbol ,', 'number 2', 'symbol )'],
  ],
  ['doubled quotes', `'it''s' "a""b" \`c\`\`d\``, [`string 'it''s'`, 'string "a""b"', 'quoted-name `c``d`']],
  [
    'backslashes',
    String.raw`'a\'b' "a\"b" '\\' x`,
    [String.raw`string 'a\'b'`, String.raw`string "a\"b"`, String.raw`string '\\'`, 'word x'],
  ],
  ['a backslash in a name is itself', '`a\\` b', ['quoted-name `a\\`', 'word b']],
  ['quotes within other quotes', `'"\`' "'" \`'"\``, [`string '"\`'`, `string "'"`, `quoted-name \`'"\``]],
  [
    'line comments',
    '-- a;b\nx # y\nz --',
    ['comment -- a;b', 'word x', 'comment # y', 'word z', 'comment --'],
  ],
  ['two dashes without a space', '5--3', ['number 5', 'symbol -', 'symbol -', 'number 3']],
  ['two dashes and a tab', 'a --\tb', ['word a', 'comment --\tb']],
  [
    'block comments',
    'a/* ; */b /**/ /***/',
    ['word a', 'comment /* ; */', 'word b', 'comment /**/', 'comment /***/'],
  ],
  ['an optimizer hint', '/*+ NO_ICP(t) */ x', ['comment /*+ NO_ICP(t) */', 'word x']],
  [
    'executable comments',
    '/*!50100 a */ /*!a*/ /*M!100100 b */ /*!123 c */',
    [
      'code-open /*!50100',
      'word a',
      'code-close */',
      'code-open /*!',
      'word a',
      'code-close */',
      'code-open /*M!100100',
      'word b',
      'code-close */',
      'code-open /*!',
      'number 123',
      'word c',
      'code-close */',
    ],
  ],
  [
    'a comment within an executable comment',
    '/*! a /* b */ c */',
    ['code-open /*!', 'word a', 'comment /* b */', 'word c', 'code-close */'],
  ],
  ['the end of no comment', 'a */ b', ['word a', 'symbol *', 'symbol /', 'word b']],
  ['a lone surrogate and a NUL', 'a\ud800 \0', ['word a\ud800', 'symbol \0']],
];

for (const [name, text, expected] of cases) {
  t.test(name, async (t) => {
    const tokens = lex(text);
    t.same(
      tokens.map((token) => `${token.kind} ${token.text}`),
      expected,
    );
    for (const token of tokens) t.equal(text.slice(token.start, token.end), token.text);
  });
}

const faults: readonly [text: string, id: string, place: string][] = [
  ["a\nb 'c", 'unterminated-string', 'line 2, column 3'],
  ["'a\\'", 'unterminated-string', 'line 1, column 1'],
  ["'a''", 'unterminated-string', 'line 1, column 1'],
  ['"', 'unterminated-string', 'line 1, column 1'],
  ['x `a``', 'unterminated-name', 'line 1, column 3'],
  ['x `', 'unterminated-name', 'line 1, column 3'],
  ['/* a', 'unterminated-comment', 'line 1, column 1'],
  ['/*/', 'unterminated-comment', 'line 1, column 1'],
  ['/*! a', 'unterminated-comment', 'line 1, column 1'],
  ['/*! a /*! b */ */', 'executable-comment', 'line 1, column 7'],
];

for (const [text, id, place] of faults) {
  t.test(`no end: ${JSON.stringify(text)}`, async (t) => {
    const error = t.throws(() => lex(text));
    t.ok(error instanceof Fault);
    t.match(error, { id, message: new RegExp(place) });
  });
}

t.test('a long text takes time in proportion to its length', async (t) => {
  const text = `'${'x'.repeat(2_000_000)}' ${'a,'.repeat(200_000)} /*${'*'.repeat(500_000)}*/`;
  const startedAt = process.hrtime.bigint();
  t.equal(lex(text).length, 400_002);
  t.ok(Number(process.hrtime.bigint() - startedAt) / 1e6 < 5_000);
});

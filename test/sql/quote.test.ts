import t from 'tap';
import { lex } from '../../lib/sql/lexer.js';
import { quoteName, quoteString, quoteTable } from '../../lib/sql/names.js';
import { nameOf } from '../../lib/sql/tokens.js';

t.test('names', async (t) => {
  t.equal(quoteName('a'), '`a`');
  t.equal(quoteName('a`b'), '`a``b`');
  t.equal(quoteName(''), '``');
  t.equal(quoteTable({ name: 'a.b' }), '`a.b`');
  t.equal(quoteTable({ schema: 'x`', name: 'y z' }), '`x```.`y z`');
});

t.test('strings', async (t) => {
  t.equal(quoteString("it's"), "'it''s'");
  t.equal(quoteString('a\\b'), "'a\\\\b'");
  t.equal(quoteString('a\0b'), "'a\\0b'");
  t.equal(quoteString('"`%_\n'), "'\"`%_\n'");
});

t.test('what is quoted is one token, and says the same when read again', async (t) => {
  for (const name of ['a', '`', '``', 'select', '表 名', "'; drop table x; --", '\\', 'x'.repeat(64)]) {
    const [token, ...more] = lex(quoteName(name));
    t.same(more, []);
    t.equal(token && nameOf(token), name);
    t.equal(lex(quoteString(name)).length, 1);
  }
});

import t from 'tap';
import { LineSplitter } from '../../lib/util/child-process.js';

function split(...chunks: Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

t.test('lines', async (t) => {
  t.same(split(Buffer.from('a\nb\r\n\nc')), ['a', 'b', '', 'c']);
  t.same(split(Buffer.from('a'), Buffer.from('b\nc'), Buffer.from('\n')), ['ab', 'c']);
  t.same(split(), []);
  t.same(split(Buffer.from('\n')), ['']);
});

t.test('characters that come in pieces', async (t) => {
  const bytes = Buffer.from('€ä\n');
  t.same(split(...Array.from(bytes, (byte) => Buffer.from([byte]))), ['€ä']);
});

t.test('a line without end does not fill the memory', async (t) => {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const [first, second] = split(...Array.from({ length: 50 }, () => chunk), Buffer.from('\nshort'));
  t.equal(first?.length, 64 * 1024);
  t.equal(second, 'short');
});

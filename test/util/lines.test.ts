import { once } from 'node:events';
import { Readable } from 'node:stream';
import t from 'tap';
import { eachLine } from '../../lib/util/child-process.js';

async function split(...chunks: Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = Readable.from(chunks, { objectMode: false });
  const ended = once(stream, 'end');
  eachLine(stream, (line) => lines.push(line));
  await ended;
  return lines;
}

t.test('lines', async (t) => {
  t.same(await split(Buffer.from('a\nb\r\n\nc')), ['a', 'b', '', 'c']);
  t.same(await split(Buffer.from('a'), Buffer.from('b\nc'), Buffer.from('\n')), ['ab', 'c']);
  t.same(await split(), []);
  t.same(await split(Buffer.from('\n')), ['']);
});

t.test('characters that come in pieces', async (t) => {
  const bytes = Buffer.from('€ä\n');
  t.same(await split(...Array.from(bytes, (byte) => Buffer.from([byte]))), ['€ä']);
});

t.test('a line without end does not fill the memory', async (t) => {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const [first, second] = await split(...Array.from({ length: 50 }, () => chunk), Buffer.from('\nshort'));
  t.equal(first?.length, 64 * 1024);
  t.equal(second, 'short');
});

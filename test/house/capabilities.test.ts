import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const capabilities = 'lib/inspect/capabilities.ts';

/** What a comparison of server versions looks like. */
const comparisons = [
  /\.(?:major|minor|patch)\b/,
  /\batLeast\b/,
  /\bversion(?:\.text)?\s*(?:[<>]=?|\.startsWith|\.match)/,
  /\.(?:test|exec)\([^)]*\bversion\b/i,
  /SELECT[^'"`]*(?:\bVERSION\(\)|@@version\b)/i,
];

/** gh-ost's and alterwise's own versions, and those of documents. */
const notServers = new Set(['lib/engines/gh-ost/binary/find.ts', 'lib/engines/gh-ost/assess/servability.ts']);

t.test('what servers can do is decided in one file', async (t) => {
  const files = readdirSync('lib', { recursive: true, encoding: 'utf8' })
    .map((file) => join('lib', file))
    .filter((file) => file.endsWith('.ts') && file !== capabilities && !notServers.has(file));
  t.ok(files.length > 200);
  const found = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, at) =>
        !isComment(line) && comparisons.some((pattern) => pattern.test(line))
          ? [`${file}:${at + 1}: ${line.trim()}`]
          : [],
      ),
  );
  t.same(found, [], `compare versions in ${capabilities}, and ask for the capability by name`);
});

function isComment(line: string): boolean {
  return /^\s*(?:\/\*\*|\*|\/\/)/.test(line);
}

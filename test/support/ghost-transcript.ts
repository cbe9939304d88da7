import { readFileSync } from 'node:fs';
import { type GhostLine, parseLine } from '../../lib/engines/gh-ost/process/output.js';
import { createRedactor } from '../../lib/util/redact.js';

export const transcripts = new URL('../fixtures/gh-ost/', import.meta.url);

/** What gh-ost 1.1.10 wrote in a real run: each line after the name of its stream. The last line is how it ended. */
export function transcript(name: string): { lines: GhostLine[]; end: string } {
  const lines = readFileSync(new URL(name, transcripts), 'utf8').trimEnd().split('\n');
  const end = lines.pop() ?? '';
  const redact = createRedactor([]);
  return {
    end,
    lines: lines.map((line) => {
      const stream = line.startsWith('stdout') ? 'stdout' : 'stderr';
      return parseLine(stream, redact(stream, line.slice('stdout '.length)));
    }),
  };
}

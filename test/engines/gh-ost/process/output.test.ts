import { readdirSync } from 'node:fs';
import t from 'tap';
import { type GhostLine, parseLine } from '../../../../lib/engines/gh-ost/process/output.js';
import { transcript, transcripts } from '../../../support/ghost-transcript.js';

function logs(lines: GhostLine[], level: string): string[] {
  return lines.flatMap((line) => (line.kind === 'log' && line.level === level ? [line.text] : []));
}

for (const name of readdirSync(transcripts)) {
  t.test(name, async (t) => {
    const { lines, end } = transcript(name);
    t.equal(
      lines.some(({ kind }) => kind === 'done'),
      end === 'exit 0',
      'it says that it is done exactly if it ends with 0',
    );
    t.equal(logs(lines, 'fatal').length, end === 'exit 1' ? 1 : 0);
    const unknown = lines.flatMap((line) =>
      line.kind === 'foreign' && line.from === 'unknown' ? [line.text] : [],
    );
    const expected = /^(\s|\*\*\*|SHOW WARNINGS;|; args=\*\*\*$|flag provided|Usage of)/;
    t.same(
      unknown.filter((text) => !expected.test(text)),
      [],
      'every line is known, but for those of a long message',
    );
    t.notMatch(JSON.stringify(lines), /args=\[|117 115 101 114|values: \[/, 'no values of rows');
    for (const line of lines) {
      if (line.kind === 'log') t.notMatch(line.text, / \[\]$/);
      if (line.kind === 'status') t.not(line.status.state, 'other');
    }
  });
}

t.test('the course of a run', async (t) => {
  const { lines } = transcript('postponed.txt');
  const states = lines.flatMap((line) => (line.kind === 'status' ? [line.status] : []));
  t.ok(states.some(({ state }) => state === 'postponing-cut-over'));
  t.equal(states.at(-1)?.rowsCopied, 5000);
  t.ok(lines.some((line) => line.kind === 'hint' && line.text.startsWith('postpone-cut-over-flag-file:')));
  t.ok(logs(lines, 'error').some((text) => text.startsWith('unknown command')));
  t.ok(logs(lines, 'info').includes('Tables renamed'));
});

t.test('throttled by load', async (t) => {
  const { lines } = transcript('max-load.txt');
  const reasons = lines.flatMap((line) => (line.kind === 'status' ? [line.status.throttled] : []));
  t.ok(reasons.some((reason) => reason?.startsWith('max-load Threads_connected=')));
});

t.test('a fatal error within a fatal error', async (t) => {
  const text = '2026-11-22 20:41:31 FATAL 2026-11-22 20:41:31 ERROR found 1 child-side foreign keys []';
  t.same(parseLine('stderr', text), { kind: 'log', level: 'fatal', text: 'found 1 child-side foreign keys' });
});

const single: readonly [stream: 'stdout' | 'stderr', line: string, expected: GhostLine][] = [
  ['stdout', '# Done', { kind: 'done' }],
  ['stderr', '# Done', { kind: 'foreign', from: 'unknown', text: '# Done' }],
  ['stdout', '# Migrating `a`.`b`', { kind: 'hint', text: 'Migrating `a`.`b`' }],
  [
    'stdout',
    '[2026/11/22 20:42:07] [info] x.go:1 y',
    { kind: 'foreign', from: 'go-mysql', text: '[2026/11/22 20:42:07] [info] x.go:1 y' },
  ],
  [
    'stderr',
    '2026/11/22 20:41:30 INFO create',
    { kind: 'foreign', from: 'go-mysql', text: '2026/11/22 20:41:30 INFO create' },
  ],
  ['stderr', '[mysql] 2026/11/22 x', { kind: 'foreign', from: 'sql-driver', text: '[mysql] 2026/11/22 x' }],
  ['stderr', '2026-11-22 20:41:31 WARNING careful', { kind: 'log', level: 'warning', text: 'careful' }],
  [
    'stderr',
    '2026-11-22 20:41:31 NOTICE x',
    { kind: 'foreign', from: 'unknown', text: '2026-11-22 20:41:31 NOTICE x' },
  ],
  ['stdout', '', { kind: 'foreign', from: 'unknown', text: '' }],
];

for (const [stream, line, expected] of single) {
  t.test(`${stream} ${line}`, async (t) => t.same(parseLine(stream, line), expected));
}

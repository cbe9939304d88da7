import t from 'tap';
import { GhostLog } from '../../../../lib/engines/gh-ost/process/log.js';
import { type GhostLine, parseLine } from '../../../../lib/engines/gh-ost/process/output.js';
import { transcript } from '../../../support/ghost-transcript.js';

/** @returns it after these lines, a second after one another */
function told(lines: readonly GhostLine[]): GhostLog {
  const log = new GhostLog();
  for (const [at, line] of lines.entries()) log.note(line, at * 1_000);
  return log;
}

function said(level: 'INFO' | 'ERROR' | 'FATAL', text: string): GhostLine {
  return parseLine('stderr', `2026-11-23 19:42:20 ${level} ${text}`);
}

t.test('of a swap that went well', async (t) => {
  const log = told(transcript('success.txt').lines);
  t.match(log, {
    attempts: 1,
    isCuttingOver: false,
    hasTables: true,
    hasChangelog: true,
    hasUnlocked: true,
    foundShadowTable: false,
    oldTable: '_t_del',
    fatal: undefined,
  });
});

t.test('of attempts that did not get their lock', async (t) => {
  const { lines } = transcript('lock-wait.txt');
  const log = told(lines);
  t.match(log, { attempts: 3, isCuttingOver: false, hasUnlocked: false, oldTable: '_t_del' });
  t.ok((log.totalHeldMs ?? 0) > (log.heldMs ?? Number.POSITIVE_INFINITY));
});

t.test('the name of the old table is known as soon as something bears it', async (t) => {
  const { lines } = transcript('lock-wait.txt');
  const made = lines.findIndex((line) => line.kind === 'log' && line.text.startsWith('Creating magic'));
  t.match(told(lines.slice(0, made)), { attempts: 1, isCuttingOver: true, oldTable: undefined });
  t.equal(told(lines.slice(0, made + 1)).oldTable, '_t_del');
});

t.test('a table that was let go after an attempt in vain is not let go in the next', async (t) => {
  const attempt = [
    said('INFO', 'Grabbing voluntary lock: gh-ost.67.lock'),
    said('INFO', 'Locking `s`.`t`, `s`.`_t_del`'),
  ];
  const inVain = [
    ...attempt,
    said('ERROR', 'Timeout while waiting for events up to lock'),
    said('INFO', 'Tables unlocked'),
  ];
  t.match(told(inVain), { attempts: 1, isCuttingOver: false });
  t.match(told([...inVain, ...attempt]), { attempts: 2, isCuttingOver: true, hasUnlocked: false });
});

t.test('a copy of somebody else, that came behind its look', async (t) => {
  const log = told([
    said('INFO', 'Creating changelog table `s`.`_t_ghc`'),
    said('INFO', 'Changelog table created'),
    said('INFO', 'Creating ghost table `s`.`_t_gho`'),
    said('FATAL', "Error 1050 (42S01): Table '_t_gho' already exists"),
  ]);
  t.match(log, { hasTables: true, foundShadowTable: true });
});

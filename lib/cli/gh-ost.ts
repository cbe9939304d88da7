import { exitCodes } from '../exit-code.js';
import { wrongUsage } from '../fault.js';
import { didYouMean } from '../text/nearest.js';
import type { Command, Invocation } from './command.js';
import type { Io } from './io.js';
import { writeResult } from './output.js';
import { withSignals } from './signals.js';

const actions = ['install', 'which'] as const;
type Action = (typeof actions)[number];

export const ghostCommand: Command = {
  usage: 'gh-ost [ACTION]',
  description: 'install gh-ost, or show which one is used',
  options: ['gh-ost', 'config', 'defaults-file'],
  examples: [
    ['$0 gh-ost install', 'build the pinned version'],
    ['$0 gh-ost which', 'its path and version'],
  ],
  async execute(invocation: Invocation, io: Io): Promise<number> {
    const found = await acting(actionOf(invocation), invocation, io);
    await writeResult(`${found.path} ${found.version}\n`, undefined, io);
    return exitCodes.done;
  },
};

async function acting(
  action: Action,
  { command, flags }: Invocation,
  io: Io,
): Promise<{ path: string; version: string }> {
  const { loadSettings } = await import('../settings/load.js');
  const { env, cwd, home } = io;
  const { settings, warnings } = await loadSettings({ flags, env, cwd, home, accepted: command.options });
  const tell = (text: string) => void io.stderr.write(`${text}\n`);
  warnings.forEach(tell);
  if (action === 'which') {
    const { findGhost } = await import('../engines/gh-ost/binary/find.js');
    return await findGhost(settings.ghost.path);
  }
  const { installGhost } = await import('../engines/gh-ost/binary/install.js');
  return await withSignals(io.signals, tell, ({ signal }) => installGhost({ onProgress: tell, signal }));
}

function actionOf({ positionals }: Invocation): Action {
  const [word = '', ...rest] = positionals;
  const action = actions.find((name) => name === word);
  if (action && rest.length === 0) return action;
  throw wrongUsage(
    `gh-ost: expected ${actions.join(' or ')}, got ${positionals.join(' ') || 'nothing'}${didYouMean(word, actions)}`,
    'alterwise gh-ost install',
  );
}

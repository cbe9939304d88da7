import { exitCodes } from '../exit-code.js';
import { wrongUsage } from '../fault.js';
import { didYouMean } from '../text/nearest.js';
import type { Command } from './command.js';
import { writeResult } from './output.js';
import { settingsOf } from './settings.js';
import { withSignals } from './signals.js';

const actions = ['install', 'which'];

export const ghostCommand: Command = {
  name: 'gh-ost',
  takes: '[ACTION]',
  description: 'install gh-ost, or show which one is used',
  options: ['gh-ost', 'config', 'defaults-file'],
  examples: [
    ['gh-ost install', 'build the pinned version'],
    ['gh-ost which', 'its path and version'],
  ],
  async execute(invocation, io) {
    const { positionals } = invocation;
    const [action = '', ...rest] = positionals;
    if (!actions.includes(action) || rest.length > 0) {
      throw wrongUsage(
        `gh-ost: expected ${actions.join(' or ')}, got ${positionals.join(' ') || 'nothing'}${didYouMean(action, actions)}`,
        'alterwise gh-ost install',
      );
    }
    const { settings } = await settingsOf(invocation, io);
    const tell = (text: string) => void io.stderr.write(`${text}\n`);
    const { findGhost } = await import('../engines/gh-ost/binary/find.js');
    const { installGhost } = await import('../engines/gh-ost/binary/install.js');
    const { path, version } =
      action === 'which'
        ? await findGhost(settings.ghost.path)
        : await withSignals(io.signals, tell, ({ signal }) => installGhost({ onProgress: tell, signal }));
    await writeResult(`${path} ${version}\n`, undefined, io);
    return exitCodes.done;
  },
};

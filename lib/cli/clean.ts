import { exitCodes } from '../exit-code.js';
import { type Command, type Invocation, optionsOf } from './command.js';
import type { Io } from './io.js';
import { styleOf, writeAnswer } from './output.js';
import { settingsOf } from './settings-of.js';

export const cleanCommand: Command = {
  usage: 'clean',
  description: 'list what runs left behind; --apply removes what is provably theirs',
  options: [...optionsOf('Connection', 'Configuration'), 'apply', 'format', 'no-color'],
  examples: [
    ['$0 clean', ''],
    ['$0 clean --apply', ''],
  ],
  async execute(invocation: Invocation, io: Io): Promise<number> {
    const { settings, values } = await settingsOf(invocation, io);
    const { clean } = await import('../clean/clean.js');
    const { cleanAsText } = await import('../report/status.js');
    const apply = values.apply === true;
    const leftovers = await clean(settings, apply);
    const asText = () => cleanAsText(leftovers, apply, styleOf(io.stdout, settings.color));
    await writeAnswer({ leftovers }, asText, settings, io);
    const failed = leftovers.some(({ removal }) => removal?.removed === false);
    return failed ? exitCodes.environment : exitCodes.done;
  },
};

import { exitCodes } from '../exit-code.js';
import { type Command, type Invocation, optionsOf } from './command.js';
import type { Io } from './io.js';
import { writeAnswer } from './output.js';
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
    const { cleanAsText } = await import('../report/clean.js');
    const apply = values.apply === true;
    const leftovers = await clean(settings, apply);
    const style = { color: settings.color && io.stdout.isTTY === true, columns: io.stdout.columns ?? 100 };
    await writeAnswer({ leftovers }, () => cleanAsText(leftovers, apply, style), settings, io);
    const failed = leftovers.some(({ removal }) => removal?.removed === false);
    return failed ? exitCodes.environment : exitCodes.done;
  },
};

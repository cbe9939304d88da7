import { exitCodes } from '../exit-code.js';
import { type Command, optionsOf } from './command.js';
import { writeAnswer } from './output.js';
import { settingsOf } from './settings.js';

export const cleanCommand: Command = {
  name: 'clean',
  description: 'list what runs left behind; --apply removes what is provably theirs',
  options: [...optionsOf('Connection', 'Configuration'), 'apply', 'format', 'no-color'],
  examples: [['clean'], ['clean --apply']],
  async execute(invocation, io) {
    const { settings, values } = await settingsOf(invocation, io);
    const { clean } = await import('../clean/clean.js');
    const { cleanAsText } = await import('../report/clean.js');
    const apply = values.apply === true;
    const leftovers = await clean(settings, apply);
    await writeAnswer({ leftovers }, (style) => cleanAsText(leftovers, apply, style), settings, io);
    const hasFailed = leftovers.some(({ removal }) => removal?.removed === false);
    return hasFailed ? exitCodes.environment : exitCodes.done;
  },
};

import { cleanCommand } from './clean.js';
import { controlCommands } from './control.js';
import { reportError } from './error.js';
import { ghostCommand } from './gh-ost.js';
import type { Io } from './io.js';
import { writeAll } from './output.js';
import { parseArguments } from './parser.js';
import { planCommand } from './plan.js';
import { revertCommand } from './revert.js';
import { runCommand } from './run.js';
import { printSettings } from './settings.js';
import { statusCommand } from './status.js';
import { verifyCommand } from './verify.js';

/** In the order in which `--help` lists them. */
export const commands = [
  planCommand,
  runCommand,
  statusCommand,
  ...controlCommands,
  revertCommand,
  verifyCommand,
  cleanCommand,
  ghostCommand,
];

/**
 * The command line: understands it, does it, and reports what went wrong.
 * @param argv the arguments without `node` and the script
 * @returns the exit code
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const parsed = await parseArguments(argv, commands, io.stdout);
    if ('invocation' in parsed) {
      const { invocation } = parsed;
      if (invocation.flags['print-settings'] === true) return await printSettings(invocation, io);
      return await invocation.command.execute(invocation, io);
    }
    await writeAll(io.stdout, parsed.answer);
    return 0;
  } catch (error) {
    return await reportError(error, argv, io);
  }
}

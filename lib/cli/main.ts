import { cleanCommand } from './clean.js';
import type { Invocation } from './command.js';
import { reportError } from './error.js';
import { ghostCommand } from './gh-ost.js';
import type { Io } from './io.js';
import { orderCommands } from './orders.js';
import { writeAll } from './output.js';
import { parseArguments } from './parser.js';
import { planCommand } from './plan.js';
import { revertCommand } from './revert.js';
import { runCommand } from './run.js';
import { statusCommand } from './status.js';
import { verifyCommand } from './verify.js';

/** In the order in which `--help` lists them. */
export const commands = [
  planCommand,
  runCommand,
  statusCommand,
  ...orderCommands,
  revertCommand,
  verifyCommand,
  cleanCommand,
  ghostCommand,
];

/**
 * The command line: understands it, does it, and reports what went wrong.
 *
 * @param argv - The arguments without `node` and the script.
 * @param io - All that is touched outside.
 * @returns The exit code.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const parsed = await parseArguments(argv, commands, io.stdout);
    if ('invocation' in parsed) return await execute(parsed.invocation, io);
    await writeAll(io.stdout, parsed.answer);
    return 0;
  } catch (error) {
    return await reportError(error, argv, io);
  }
}

async function execute(invocation: Invocation, io: Io): Promise<number> {
  if (invocation.flags['print-settings'] !== true) return await invocation.command.execute(invocation, io);
  const { printSettings } = await import('./settings-of.js');
  return await printSettings(invocation, io);
}

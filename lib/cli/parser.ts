import { createRequire } from 'node:module';
import yargs, { type Argv, type Options } from 'yargs';
import { type Fault, wrongUsage } from '../fault.js';
import { configKey, defaultText, environmentName, type OptionName, optionOf } from '../settings/options.js';
import { didYouMean } from '../text/nearest.js';
import type { Command, Invocation } from './command.js';
import type { Sink } from './io.js';

/** Understood; or a text that answers (help, version, completion). */
type Parsed = { invocation: Invocation } | { answer: string };

const completion = 'completion';

/**
 * Takes a command line apart. Values stay as written: the settings validate them, together with those from the
 * environment and from files.
 *
 * @throws Fault `usage` where there is no such command.
 */
export async function parseArguments(
  argv: readonly string[],
  commands: readonly Command[],
  stdout: Sink,
): Promise<Parsed> {
  let found: Invocation | undefined;
  let answer = '';
  const parser = base(stdout);
  for (const command of commands) {
    parser.command({
      command: command.usage,
      describe: command.description,
      builder: (args) => describeOptions(args, command),
      handler: ({ _, $0, STATEMENT, ACTION, RUN, SETTING, ...flags }) => {
        const { '--': after, ...rest } = flags;
        const behind = texts([after]);
        // A statement may stand there as well: one word with blanks in it, which no program's name has.
        const isScript =
          behind.length > 0 && !(behind.length === 1 && /^\S+\s/.test(behind[0]?.trim() ?? ''));
        if (isScript && command.takesScript !== true) throw noScript(command);
        found = {
          command,
          positionals: texts([STATEMENT, ACTION, RUN, SETTING, _.slice(1), isScript ? [] : behind]),
          argv,
          flags: uncovered(withRepeatedSwitches(rest, argv)),
          ...(isScript && { script: behind }),
        };
      },
    });
  }
  const rest = await parser.parseAsync(argv.map(covered), {}, (error, _, output) => {
    if (error) throw error;
    answer = output;
  });
  if (answer !== '') return { answer: `${answer}\n` };
  if (found) return { invocation: found };
  throw unknownCommand(texts(rest._)[0] ?? '', commands);
}

const cover = '\0';

/**
 * yargs drops a lone `-`, and takes a statement that begins with a comment (`-- why`) for an option. Neither is one:
 * behind a NUL, which no argument can hold, yargs lets them be.
 */
function covered(word: string): string {
  return /^-(?:$|-\s)/.test(word) ? `${cover}${word}` : word;
}

function uncovered(flags: Record<string, unknown>): Record<string, unknown> {
  const bare = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(bare);
    return typeof value === 'string' && value.startsWith(cover) ? value.slice(cover.length) : value;
  };
  return Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, bare(value)]));
}

function base(stdout: Sink): Argv {
  return yargs()
    .scriptName('alterwise')
    .usage('$0 <command>\n\nChanges the schema of a MySQL or MariaDB table that people are using.')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
      'greedy-arrays': false,
      // What stands behind it is a script, with options of its own.
      'populate--': true,
    })
    .detectLocale(false)
    .wrap(Math.min(stdout.columns ?? 80, 110))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail(false)
    .completion(completion, 'print a completion script for the shell')
    .alias('help', 'h')
    .version(packageVersion());
}

function describeOptions(args: Argv, command: Command): Argv {
  for (const name of command.options) args.option(name, describe(name));
  for (const [example, text] of command.examples ?? []) args.example(example, text);
  return args.epilogue(
    `Settings are also ALTERWISE_… in the environment (${environmentName('lock-budget')}) and keys in alterwise.config.{json,mjs,ts} (${configKey('lock-budget')}). Options of one invocation (--file, --plan, --dry-run, …) are flags only.`,
  );
}

function describe(name: OptionName): Options {
  const { kind, help, group } = optionOf(name);
  const isSwitch = kind.shape.type === 'switch';
  const byDefault = defaultText(name);
  return {
    type: isSwitch ? 'boolean' : 'string',
    describe: isSwitch ? help : `${kind.placeholder}: ${help}`,
    group: `${group}:`,
    // Only shown: what was not given must stay absent, so that the environment and files can give it.
    ...(byDefault && byDefault !== 'false' ? { defaultDescription: byDefault } : {}),
  };
}

/** yargs keeps all values of a repeated option, but only the last of a switch: given twice is a fault all the same. */
function withRepeatedSwitches(
  flags: Record<string, unknown>,
  argv: readonly string[],
): Record<string, unknown> {
  const end = argv.indexOf('--');
  const written = (end < 0 ? argv : argv.slice(0, end)).map((word) => word.split('=')[0]);
  const repeated = Object.entries(flags).map(([name, value]) => {
    const times = written.filter((word) => word === `--${name}`).length;
    return [name, typeof value === 'boolean' && times > 1 ? Array(times).fill(value) : value];
  });
  return Object.fromEntries(repeated);
}

function unknownCommand(word: string, commands: readonly Command[]): Fault {
  const names = [...commands.map(({ usage }) => usage.split(' ')[0] ?? ''), completion];
  const message =
    word === ''
      ? `Which command? There are ${names.join(', ')}.`
      : `${word} is not a command${didYouMean(word, names)}`;
  return wrongUsage(
    message,
    'alterwise --help shows the commands; a statement follows one: alterwise plan "ALTER TABLE …".',
  );
}

function noScript({ usage }: Command): Fault {
  const [word = ''] = usage.split(' ');
  return wrongUsage(
    `${word} takes no command behind --.`,
    'plan, run and verify take one: alterwise plan -- npx knex migrate:latest',
  );
}

function texts(parts: readonly unknown[]): string[] {
  return parts
    .flat()
    .filter((part) => part !== undefined)
    .map((part) => String(part).replace(cover, ''));
}

function packageVersion(): string {
  // By the package's own name, because the path differs between the source and what is published.
  const { version }: { version: string } = createRequire(import.meta.url)('alterwise/package.json');
  return version;
}

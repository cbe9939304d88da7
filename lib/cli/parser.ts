import { createRequire } from 'node:module';
import yargs, { type Argv, type Options } from 'yargs';
import { wrongUsage } from '../fault.js';
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
 * @throws {Fault} `usage` if there is no such command
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
      command: [command.name, command.takes].join(' ').trim(),
      describe: command.description,
      builder: (args) => describeOptions(args, command, isHelpAsked(argv)),
      handler: (parsed) => {
        found = { command, argv, ...read(parsed, argv) };
      },
    });
  }
  const rest = await parser.parseAsync(argv.map(covered), {}, (error, _, output) => {
    if (error) throw error;
    answer = output;
  });
  if (answer !== '') return { answer: `${answer}\n` };
  if (found === undefined) throw unknownCommand(texts(rest._)[0] ?? '', commands);
  if (found.script === undefined || found.command.takesScript) return { invocation: found };
  throw wrongUsage(
    `${found.command.name} takes no command behind --.`,
    'plan, run and verify take one: alterwise plan -- npx knex migrate:latest',
  );
}

/** What yargs has found, as it was written. */
function read(
  { _, $0, STATEMENT, ACTION, RUN, SETTING, '--': after, ...flags }: Record<string, unknown>,
  argv: readonly string[],
): Pick<Invocation, 'positionals' | 'script' | 'flags'> {
  const behind = texts(after);
  const positionals = [STATEMENT, ACTION, RUN, SETTING, texts(_).slice(1)].flatMap(texts);
  // A statement may stand there as well: one word with blanks in it, which no program's name has.
  const isScript = behind.length > 0 && !(behind.length === 1 && /^\S+\s/.test(behind[0]?.trim() ?? ''));
  const entries = Object.entries(flags).map(([name, value]) => [name, repeated(name, bare(value), argv)]);
  return {
    positionals: isScript ? positionals : [...positionals, ...behind],
    flags: Object.fromEntries(entries),
    ...(isScript && { script: behind }),
  };
}

function isHelpAsked(argv: readonly string[]): boolean {
  return argv.some((word) => word === '--help' || word === '-h');
}

const cover = '\0';

/**
 * yargs drops a lone `-`, and takes a statement that begins with a comment (`-- why`) for an option. Neither is one:
 * behind a NUL, which no argument can hold, yargs lets them be.
 */
function covered(word: string): string {
  return /^-(?:$|-\s)/.test(word) ? `${cover}${word}` : word;
}

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  return typeof value === 'string' ? value.replace(cover, '') : value;
}

/** The texts among values of yargs, which are texts, lists of them, or absent. */
function texts(values: unknown): string[] {
  return [bare(values)].flat().flatMap((value) => (value === undefined ? [] : String(value)));
}

/** yargs keeps all values of a repeated option, but only the last of a switch: given twice is a fault all the same. */
function repeated(name: string, value: unknown, argv: readonly string[]): unknown {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const times = own.filter((word) => word.split('=')[0] === `--${name}`).length;
  return typeof value === 'boolean' && times > 1 ? Array(times).fill(value) : value;
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

/**
 * yargs lays out the help of a command that it runs, too, which takes it longer than all else: for options that are
 * hidden, it does not.
 */
function describeOptions(args: Argv, { options, examples = [] }: Command, isShown: boolean): Argv {
  for (const name of options) args.option(name, { ...describe(name), hidden: !isShown });
  if (!isShown) return args;
  for (const [line, text = ''] of examples) args.example(`$0 ${line}`, text);
  return args.epilogue(
    `Settings are also ALTERWISE_… in the environment (${environmentName('lock-budget')}) and keys in alterwise.config.{json,mjs,ts} (${configKey('lock-budget')}). Options of one invocation (--file, --plan, --dry-run, …) are flags only.`,
  );
}

function describe(name: OptionName): Options {
  const { kind, help, group } = optionOf(name);
  const isSwitch = kind.shape.type === 'switch';
  const byDefault = isSwitch ? undefined : defaultText(name);
  return {
    type: isSwitch ? 'boolean' : 'string',
    describe: isSwitch ? help : `${kind.placeholder}: ${help}`,
    group: `${group}:`,
    // Only shown: what was not given must stay absent, so that the environment and files can give it.
    ...(byDefault && { defaultDescription: byDefault }),
  };
}

function unknownCommand(word: string, commands: readonly Command[]) {
  const names = [...commands.map(({ name }) => name), completion];
  const message =
    word === ''
      ? `Which command? There are ${names.join(', ')}.`
      : `${word} is not a command${didYouMean(word, names)}`;
  return wrongUsage(
    message,
    'alterwise --help shows the commands; a statement follows one: alterwise plan "ALTER TABLE …".',
  );
}

function packageVersion(): string {
  // By the package's own name, because the path differs between the source and what is published.
  const { version }: { version: string } = createRequire(import.meta.url)('alterwise/package.json');
  return version;
}

import { PassThrough } from 'node:stream';
import t from 'tap';
import ts from 'typescript';
import { commands } from '../../lib/cli/main.js';
import { parseArguments } from '../../lib/cli/parser.js';
import { isOptionName } from '../../lib/settings/options.js';
import { lineOf, nodesOf, sources } from './sources.js';

interface Text {
  place: string;
  text: string;
}

/** Every text in lib, with `abcd1234` for what is filled in. */
function texts(): Text[] {
  return sources().flatMap((source) =>
    [...nodesOf(source.tree)].flatMap((node) => {
      const place = () => `${source.path}:${lineOf(source, node)}`;
      if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
        return [{ place: place(), text: node.text }];
      }
      if (!ts.isTemplateExpression(node)) return [];
      const text = node.templateSpans.reduce(
        (all, { literal }) => `${all}abcd1234${literal.text}`,
        node.head.text,
      );
      return [{ place: place(), text }];
    }),
  );
}

const names = commands.map(({ name }) => name);

/** A command and the words after it that can only be its arguments: `alterwise run --resume abcd1234`. */
const command = new RegExp(
  `\\balterwise (${names.join('|')})((?: (?:--[a-z][a-z-]*(?: [A-Z]\\w*| abcd1234| \\w+\\.json| \\d\\w*)?|abcd1234|RUN|install|which|[a-z-]+=\\w+)(?![\\w-]))*)`,
  'g',
);

t.test('every command that alterwise suggests is understood by its parser', async (t) => {
  let count = 0;
  for (const { place, text } of texts()) {
    for (const [suggested, name = '', args = ''] of text.matchAll(command)) {
      count += 1;
      const words = [name, ...args.split(' ').filter((word) => word !== '')];
      try {
        const parsed = await parseArguments(words, commands, new PassThrough());
        if (!('invocation' in parsed)) continue;
        const { flags, command: found } = parsed.invocation;
        const unknown = Object.keys(flags).filter((flag) => isForeign(flag, found.options));
        t.same(unknown, [], `${place}: ${suggested}`);
      } catch (error) {
        t.fail(`${place}: ${suggested}: ${String(error)}`);
      }
    }
  }
  t.ok(count > 40, `${count} commands`);
});

function isForeign(flag: string, options: readonly string[]): boolean {
  return flag.length > 1 && !['help', 'version'].includes(flag) && !options.includes(flag);
}

t.test('every option that alterwise suggests exists', async (t) => {
  const suggestion = /(?<![\w-])(?:[Uu]se|[Ss]ay|[Rr]aise|without|accept it:|[Oo]r) --([a-z][a-z-]*)/g;
  let count = 0;
  for (const { place, text } of texts()) {
    for (const [, option = ''] of text.matchAll(suggestion)) {
      count += 1;
      t.ok(isOptionName(option), `${place}: --${option}`);
    }
  }
  t.ok(count >= 10, `${count} options`);
});

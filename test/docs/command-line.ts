import { fileURLToPath } from 'node:url';
import { main } from '../../lib/cli/main.js';
import { fakeIo, fakeSink } from '../fixtures/io.js';

export const commandLinePath = fileURLToPath(new URL('../../docs/command-line.md', import.meta.url));

/** The page about the command line: the program's own words, `--help` of everything. */
export async function commandLinePage(): Promise<string> {
  const overview = await help();
  const commands = [...overview.matchAll(/^ {2}alterwise ([\w-]+)/gm)].map(([, name = '']) => name);
  const pages = commands
    .filter((name) => name !== 'completion')
    .map(async (name) => section(`alterwise ${name}`, await help(name)));
  return [
    '# Command line\n\nWritten by `npm run docs` from `--help`. Where values come from is in [settings](settings.md).\n',
    section('alterwise', overview),
    ...(await Promise.all(pages)),
  ].join('\n');
}

async function help(...command: string[]): Promise<string> {
  const io = { ...fakeIo(), stdout: fakeSink({ columns: 100 }) };
  await main([...command, '--help'], io);
  return io.stdout.text;
}

function section(title: string, text: string): string {
  const lines = text.trimEnd().split('\n');
  return `## ${title}\n\n\`\`\`\n${lines.map((line) => line.trimEnd()).join('\n')}\n\`\`\`\n`;
}

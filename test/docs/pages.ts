import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Page {
  /** Relative to the root. */
  path: string;
  text: string;
}

/** Every Markdown page that users and contributors read. */
export function pages(): Page[] {
  const top = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'];
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const examples = readdirSync(join(root, 'examples')).map((name) => join('examples', name, 'README.md'));
  const rooms = ['lib', 'lib/engines'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name, 'README.md')),
  );
  const there = [...examples, ...rooms].filter((path) => existsSync(join(root, path)));
  return [...top, ...docs.map((name) => join('docs', name)), ...there].map((path) => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
  }));
}

export interface Code {
  /** Of a fenced block; undefined of indented ones and of code within a line. */
  language?: string;
  text: string;
}

/** The code on a page: fenced blocks, indented lines, and what stands between back-ticks. */
export function codeOn({ text }: Page): Code[] {
  const fences = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  const prose = text.replace(/^```.*?^```$/gms, '');
  const indented = [...prose.matchAll(/^ {4}(.+)$/gm)];
  const inline = [...prose.replace(/^ {4}.+$/gm, '').matchAll(/`([^`\n]+)`/g)];
  return [
    ...fences.map(([, language = '', code = '']) => ({ language, text: code })),
    ...[...indented, ...inline].map(([, code = '']) => ({ text: code })),
  ];
}

/** The anchors that GitHub makes of a page's headings. */
export function anchorsOf({ text }: Page): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

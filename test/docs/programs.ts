import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './pages.js';

export interface Program {
  /** Where it stands. */
  name: string;
  text: string;
  /** What it prints: comments at the ends of lines that print. */
  prints: string[];
}

/** The programs on the page about the library, and those that its docstrings have as `@example`. */
export function programs(): Program[] {
  const page = 'docs/library.md';
  const sources = readdirSync(join(root, 'lib/library')).map((name) => `lib/library/${name}`);
  return [
    ...programsIn(page, read(page)),
    ...['lib/index.ts', ...sources].flatMap((path) => {
      const comments = [...read(path).matchAll(/^\/\*\*$(.*?)^ \*\/$/gms)];
      return programsIn(path, comments.map(([, comment = '']) => comment.replace(/^ \* ?/gm, '')).join('\n'));
    }),
  ];
}

function programsIn(path: string, text: string): Program[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, program = ''], i) => ({
    name: `${path} ${i + 1}`,
    text: program,
    prints: [...program.matchAll(/^ *console\.log\(.*; \/\/ (.+)$/gm)].map(([, printed = '']) => printed),
  }));
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

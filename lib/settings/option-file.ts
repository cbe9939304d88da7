import { readFile, stat } from 'node:fs/promises';
import { didYouMean } from '../text/nearest.js';
import type { Given, Layer, Notes } from './layers.js';
import { type OptionName, optionNames, optionOf } from './options.js';

/** `[client]` is shared with every MySQL program: only these are ours, all else is theirs. */
const shared = [
  'host',
  'port',
  'socket',
  'user',
  'password',
  'database',
  'ssl-mode',
  'ssl-ca',
  'ssl-cert',
  'ssl-key',
];

/** How MariaDB and older clients spell a TLS mode. */
const otherSpellings: Readonly<Record<string, { when: RegExp; mode: string }>> = {
  'skip-ssl': { when: /^$|^(1|on|true)$/i, mode: 'disabled' },
  ssl: { when: /^$|^(1|on|true)$/i, mode: 'required' },
  'ssl-verify-server-cert': { when: /^$|^(1|on|true)$/i, mode: 'verify-identity' },
};

/**
 * Reads a MySQL option file: `[alterwise]`, which may hold every option, and `[client]`.
 *
 * @param path - The file.
 * @param required - Whether it is a fault that the file is not there.
 * @param notes - Takes faults, and warnings for what was left out.
 */
export async function optionFileLayer(path: string, required: boolean, notes: Notes): Promise<Layer> {
  const text = await readOptionFile(path, required, notes);
  if (text === undefined) return new Map();
  const groups = parseOptionFile(text);
  for (const directive of groups.directives) {
    notes.warnings.push(`${path}: ${directive} is not supported and was left out.`);
  }
  return new Map([
    ...groupLayer('client', groups.client, path, notes),
    ...groupLayer('alterwise', groups.alterwise, path, notes),
  ]);
}

interface OptionFile {
  client: Map<string, string>;
  alterwise: Map<string, string>;
  /** `!include` and `!includedir` lines. */
  directives: string[];
}

/**
 * Splits an option file as the MySQL client does, which is not as other INI files are read: a `#` outside quotes
 * begins a comment anywhere and a `;` only at the start of a line, quotes protect both, `_` is `-`, an option may
 * stand without a value, and the last one wins.
 */
export function parseOptionFile(text: string): OptionFile {
  const file: OptionFile = { client: new Map(), alterwise: new Map(), directives: [] };
  let group = '';
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const line = withoutComment(raw).trim();
    const header = /^\[\s*([^\]]*?)\s*\]/.exec(line);
    if (header) group = header[1] ?? '';
    else if (line.startsWith('!')) file.directives.push(line);
    else if (line !== '' && (group === 'client' || group === 'alterwise')) {
      const [, key = '', value = ''] = /^([^=]*?)\s*(?:=\s*(.*))?$/s.exec(line) ?? [];
      file[group].set(
        key
          .toLowerCase()
          .replaceAll('_', '-')
          .replace(/^loose-/, ''),
        unquote(value),
      );
    }
  }
  return file;
}

function withoutComment(line: string): string {
  if (/^\s*[;#]/.test(line)) return '';
  const code = /^(?:[^'"#]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|['"](?=[^'"]*$))*/.exec(line);
  return code?.[0] ?? '';
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', s: ' ' };

function unquote(value: string): string {
  const inner = /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value;
  return inner.replace(/\\([ntrbs"'\\])/g, (_, letter: string) => escapes[letter] ?? letter);
}

function groupLayer(
  group: string,
  entries: ReadonlyMap<string, string>,
  path: string,
  notes: Notes,
): Map<OptionName, Given> {
  const layer = new Map<OptionName, Given>();
  const known = optionNames.filter((name) => ['everywhere', 'no-flag'].includes(optionOf(name).reach));
  const origin = `${path} [${group}]`;
  for (const [key, value] of entries) {
    const other = Object.hasOwn(otherSpellings, key) ? otherSpellings[key] : undefined;
    const name = known.find((option) => option === key);
    const label = `${key} (${origin})`;
    if (other && !entries.has('ssl-mode')) {
      if (other.when.test(value)) layer.set('ssl-mode', { raw: other.mode, label, origin });
    } else if (name && (group === 'alterwise' || shared.includes(name))) {
      const raw = value === '' && optionOf(name).kind.placeholder === '' ? true : value;
      // `password` without a value asks for one in MySQL's clients: here --ask-password does.
      if (raw !== '') layer.set(name, { raw, label, origin });
    } else if (group === 'alterwise' && !other) {
      notes.faults.push(`${label}: is not an option${didYouMean(key, known)}`);
    }
  }
  return layer;
}

async function readOptionFile(path: string, required: boolean, notes: Notes): Promise<string | undefined> {
  try {
    const file = await stat(path);
    if (file.isFile() && file.mode & 0o002) {
      notes.warnings.push(`${path} was not read: everyone may write to it (chmod 600 ${path}).`);
      return undefined;
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const absent = code === 'ENOENT' || code === 'ENOTDIR';
    if (required)
      notes.faults.push(`--defaults-file: expected a file that can be read, got ${path} (${code})`);
    else if (!absent) notes.warnings.push(`${path} could not be read (${code}) and was left out.`);
    return undefined;
  }
}

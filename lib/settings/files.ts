import { access, readFile, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { didYouMean } from '../text/nearest.js';
import type { Given, Layer, Notes } from './layers.js';
import { configKey, namesFrom, type OptionName, optionOf } from './options.js';

const configFiles = ['alterwise.config.json', 'alterwise.config.mjs', 'alterwise.config.ts'];

/**
 * Reads `alterwise.config.{json,mjs,ts}`: the options in camelCase.
 * @param path the file that was asked for; without it, the one in the working directory, if any
 */
export async function configFileLayer(path: string | undefined, cwd: string, notes: Notes): Promise<Layer> {
  const file = path === undefined ? await findConfig(cwd, notes) : resolve(cwd, path);
  const layer = new Map<OptionName, Given>();
  if (file === undefined) return layer;
  const content = await readConfig(file).catch((error: NodeJS.ErrnoException) => {
    notes.faults.push(`${file}: ${whyUnreadable(error)}`);
  });
  if (content === undefined) return layer;
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    const where = extname(file) === '.json' ? '' : ' as its default export';
    notes.faults.push(`${file}: expected an object with options${where}`);
    return layer;
  }
  const names = new Map(namesFrom('file').map((name) => [configKey(name), name]));
  const origin = path ?? file.slice(cwd.length + 1);
  for (const [key, raw] of Object.entries(content)) {
    const label = `${key} (${origin})`;
    const name = names.get(key);
    if (name) layer.set(name, { raw, label, origin });
    else if (key !== '$schema')
      notes.faults.push(`${label} is not an option${didYouMean(key, names.keys())}`);
  }
  return layer;
}

async function findConfig(cwd: string, notes: Notes): Promise<string | undefined> {
  const found: string[] = [];
  for (const name of configFiles) {
    const isThere = await access(join(cwd, name)).then(
      () => true,
      () => false,
    );
    if (isThere) found.push(name);
  }
  if (found.length > 1) {
    notes.faults.push(`${found.join(' and ')}: expected one of them; name it by --config`);
  }
  return found[0] === undefined ? undefined : join(cwd, found[0]);
}

/** @returns `null` if the file says nothing */
async function readConfig(file: string): Promise<unknown> {
  if (extname(file) === '.json') return JSON.parse(await readFile(file, 'utf8'));
  const module: { default?: unknown } = await import(pathToFileURL(file).href);
  return module.default ?? null;
}

function whyUnreadable({ code, message, name }: NodeJS.ErrnoException): string {
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return `Node ${process.versions.node} cannot import TypeScript: use Node 22.18 or newer, or write the file as .mjs or .json`;
  }
  if (code === 'ENOENT' || code === 'ERR_MODULE_NOT_FOUND') return `cannot be read (${message})`;
  return `${name === 'SyntaxError' ? 'is not valid' : 'failed while it was read'} (${message})`;
}

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
const otherModes = new Map([
  ['skip-ssl', 'disabled'],
  ['ssl', 'required'],
  ['ssl-verify-server-cert', 'verify-identity'],
]);

/**
 * Reads a MySQL option file: `[alterwise]`, which may hold every option, and `[client]`.
 * @param isRequired whether it is a fault that the file is not there
 */
export async function optionFileLayer(path: string, isRequired: boolean, notes: Notes): Promise<Layer> {
  const text = await readOptionFile(path, isRequired, notes);
  const groups = parseOptionFile(text ?? '');
  for (const directive of groups.directives) {
    notes.warnings.push(`${path}: ${directive} is not supported and was left out.`);
  }
  return new Map(
    (['client', 'alterwise'] as const).flatMap((group) => groupEntries(group, groups, path, notes)),
  );
}

function groupEntries(
  group: 'client' | 'alterwise',
  groups: OptionFile,
  path: string,
  notes: Notes,
): [OptionName, Given][] {
  const known = namesFrom('file');
  const origin = `${path} [${group}]`;
  const found: [OptionName, Given][] = [];
  for (const [key, value] of groups[group]) {
    const name = known.find((option) => option === key);
    const mode = otherModes.get(key);
    const label = `${key} (${origin})`;
    if (mode !== undefined) {
      const isOn = /^$|^(1|on|true)$/i.test(value);
      if (isOn && !groups[group].has('ssl-mode')) found.push(['ssl-mode', { raw: mode, label, origin }]);
    } else if (name && (group === 'alterwise' || shared.includes(name))) {
      const raw = value === '' && optionOf(name).kind.shape.type === 'switch' ? true : value;
      // `password` without a value asks for one in MySQL's clients: here --ask-password does.
      if (raw !== '') found.push([name, { raw, label, origin }]);
    } else if (group === 'alterwise') {
      notes.faults.push(`${label} is not an option${didYouMean(key, known)}`);
    }
  }
  return found;
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
      const name = key.toLowerCase().replaceAll('_', '-');
      file[group].set(name.replace(/^loose-/, ''), unquote(value));
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

async function readOptionFile(path: string, isRequired: boolean, notes: Notes): Promise<string | undefined> {
  try {
    const file = await stat(path);
    if (!file.isFile() || (file.mode & 0o002) === 0) return await readFile(path, 'utf8');
    notes.warnings.push(`${path} was not read: everyone may write to it (chmod 600 ${path}).`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (isRequired)
      notes.faults.push(`--defaults-file: expected a file that can be read, got ${path} (${code})`);
    else if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      notes.warnings.push(`${path} could not be read (${code}) and was left out.`);
    }
  }
  return undefined;
}

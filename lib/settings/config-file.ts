import { access, readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { didYouMean } from '../nearest.js';
import type { Given, Layer, Notes } from './layer.js';
import { configKey, optionNames, optionOf } from './options.js';

const names = ['alterwise.config.json', 'alterwise.config.mjs', 'alterwise.config.ts'];

/**
 * Reads `alterwise.config.{json,mjs,ts}`: the options in camelCase.
 *
 * @param path - The file that was asked for; without it, the one in the working directory, if any.
 * @param cwd - The working directory.
 * @param notes - Takes faults: unknown keys, a file that cannot be read, two files at once.
 */
export async function configFileLayer(path: string | undefined, cwd: string, notes: Notes): Promise<Layer> {
  const file = path === undefined ? await findConfig(cwd, notes) : resolve(cwd, path);
  if (file === undefined) return new Map();
  try {
    const content = extname(file) === '.json' ? await readJson(file) : await importModule(file);
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
      return keysOf(content, path ?? file.slice(cwd.length + 1), notes);
    }
    notes.faults.push(
      `${file}: expected an object with options${extname(file) === '.json' ? '' : ' as its default export'}`,
    );
  } catch (error) {
    notes.faults.push(`${file}: ${whyUnreadable(error)}`);
  }
  return new Map();
}

async function findConfig(cwd: string, notes: Notes): Promise<string | undefined> {
  const found: string[] = [];
  for (const name of names) {
    const there = await access(join(cwd, name)).then(
      () => true,
      () => false,
    );
    if (there) found.push(name);
  }
  if (found.length > 1)
    notes.faults.push(`${found.join(' and ')}: expected one of them; name it by --config`);
  return found[0] === undefined ? undefined : join(cwd, found[0]);
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}

async function importModule(file: string): Promise<unknown> {
  const module: { default?: unknown } = await import(pathToFileURL(file).href);
  return module.default;
}

function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return `Node ${process.versions.node} cannot import TypeScript: use Node 22.18 or newer, or write the file as .mjs or .json`;
  }
  if (code === 'ENOENT' || code === 'ERR_MODULE_NOT_FOUND') return `cannot be read (${message})`;
  return error instanceof SyntaxError ? `is not valid (${message})` : `failed while it was read (${message})`;
}

function keysOf(content: object, file: string, notes: Notes): Layer {
  const inFiles = optionNames.filter((name) => ['everywhere', 'no-flag'].includes(optionOf(name).reach));
  const layer = new Map<(typeof inFiles)[number], Given>();
  for (const [key, raw] of Object.entries(content)) {
    const name = inFiles.find((option) => configKey(option) === key);
    if (name) layer.set(name, { raw, label: `${key} (${file})`, origin: file });
    else notes.faults.push(`${key} (${file}): is not an option${didYouMean(key, inFiles.map(configKey))}`);
  }
  return layer;
}

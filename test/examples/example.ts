import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Test } from 'tap';
import { built } from '../built.js';
import type { Schema, TestServer } from '../servers.js';

const root = dirname(built);

export interface Place {
  server: TestServer;
  schema: Schema;
  /** Absent: as the tool is without alterwise. Else alterwise's state folder. */
  state?: string;
  /** Absent: the folder of the example. */
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Standard error as it comes. */
  onStderr?: (text: string) => void;
}

export interface ToolSaid {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a tool's own command line in the folder of an example, as a user would.
 * @param folder its name under `examples/`
 * @param command a program of `node_modules/.bin`, or one of the machine, with its arguments
 */
export async function runTool(folder: string, command: readonly string[], place: Place): Promise<ToolSaid> {
  const [program = '', ...args] = command;
  const running = execa(program, args, {
    cwd: place.cwd ?? join(root, 'examples', folder),
    preferLocal: true,
    localDir: join(root, 'examples', folder),
    stdin: 'ignore',
    reject: false,
    timeout: 240_000,
    extendEnv: false,
    env: toolEnvironment(place),
  });
  running.stderr.on('data', (text) => place.onStderr?.(String(text)));
  const { exitCode, stdout, stderr, shortMessage } = await running;
  return {
    code: exitCode ?? -1,
    stdout,
    stderr: exitCode === undefined ? `${shortMessage}\n${stderr}` : stderr,
  };
}

/** The same, for commands that have to succeed. */
export async function mustRun(folder: string, command: readonly string[], place: Place): Promise<ToolSaid> {
  const said = await runTool(folder, command, place);
  if (said.code !== 0) {
    throw new Error(`${command.join(' ')} ended with ${said.code}:\n${said.stdout}\n${said.stderr}`);
  }
  return said;
}

/** The commands that the README of an example shows, without `npx`, which runs what is found here anyway. */
export async function commandsShown(folder: string): Promise<string[]> {
  const readme = await readFile(join(root, 'examples', folder, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.flatMap((block) => block.trim().split('\n')).map((line) => line.replace(/^npx /, ''));
}

/** What the examples read their connection from; nothing of alterwise's but the state folder. */
function toolEnvironment({ server, schema, state, env }: Place): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    ...(TMPDIR && { TMPDIR }),
    DB_HOST: server.host,
    DB_PORT: String(server.port),
    DB_USER: server.user,
    DB_PASSWORD: server.password,
    DB_NAME: schema.name,
    ...(state === undefined ? { WITHOUT_ALTERWISE: '1' } : { ALTERWISE_STATE_DIR: state }),
    ...env,
  };
}

/** A folder for records of runs, which goes with the test. */
export function stateFolder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'aw-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

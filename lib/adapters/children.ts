import { ChildProcess } from 'node:child_process';
import { scriptFolderVariable } from '../scripts/script-folder.js';

interface Spawning {
  envPairs?: string[];
  args?: string[];
}

/** As they were when this was loaded: a script may set or delete them for itself. */
const handedOn = ['NODE_OPTIONS', scriptFolderVariable].map(
  (name) => [name, process.env[name] ?? ''] as const,
);

/**
 * A script may start others with an environment of its own: the adapter, and the folder in which it is told what to do,
 * are in there all the same. (`spawnSync` and its like do not come through here.)
 */
export function handOnToChildren(): void {
  const prototype = ChildProcess.prototype as unknown as { spawn(options: Spawning): unknown };
  const { spawn } = prototype;
  prototype.spawn = function spawnWithAdapter(this: unknown, options) {
    refuseWithout(options.args ?? []);
    return spawn.call(this, { ...options, envPairs: withOurs(options.envPairs ?? []) });
  };
}

function withOurs(pairs: readonly string[]): string[] {
  const others = pairs.filter((pair) => !handedOn.some(([name]) => pair.startsWith(`${name}=`)));
  return [...others, ...handedOn.map(([name, value]) => `${name}=${withMore(name, value)}`)];
}

/** A script may add to them. */
function withMore(name: string, value: string): string {
  const now = process.env[name];
  return now?.includes(value) ? now : value;
}

/** By these a shell starts Node without the adapter. Programs of Node that set it come through here again. */
const takesItAway =
  /\bNODE_OPTIONS=|\benv\s+(?:-\S+\s+)*(?:-i|-|--ignore-environment|-u\s*NODE_OPTIONS|--unset=NODE_OPTIONS)\s/;
const byNode = /\b(?:cross-env(?:-shell)?|dotenv)\s[^;&|]*/g;
const assigned = /\bNODE_OPTIONS=(?:"[^"]*"|'[^']*'|\S*)/g;

/** @throws {Error} for the script: what is started would change the real schema */
function refuseWithout(args: readonly string[]): void {
  const keepsIt = (value: string) => /\$\{?NODE_OPTIONS\b|\balterwise\/register\b/.test(value);
  const line = args.find((arg) => {
    const others = arg.replace(byNode, '').replace(assigned, (value) => (keepsIt(value) ? '' : value));
    return takesItAway.test(others);
  });
  if (line === undefined) return;
  throw new Error(
    `alterwise sees a script by NODE_OPTIONS, which this command would set anew: ${line}. Set NODE_OPTIONS in the environment of alterwise itself, where both go together.`,
  );
}

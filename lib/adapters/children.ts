import { ChildProcess } from 'node:child_process';
import { scriptFolderVariable } from '../scripts/script-folder.js';

interface Spawning {
  envPairs?: string[];
  args?: string[];
}

/** As they were when this was loaded: a script may change them for itself. */
const passedOn = ['NODE_OPTIONS', scriptFolderVariable].map(
  (name) => [name, process.env[name] ?? ''] as const,
);

/**
 * A script may start others with an environment of its own: the adapter and its script folder are added to it. (The
 * synchronous functions, such as `spawnSync`, do not come through here.)
 */
export function passOnToChildren(): void {
  const prototype = ChildProcess.prototype as unknown as { spawn(options: Spawning): unknown };
  const { spawn } = prototype;
  prototype.spawn = function spawnWithAdapter(this: unknown, options) {
    refuseWithout(options.args ?? []);
    return spawn.call(this, { ...options, envPairs: withOurs(options.envPairs ?? []) });
  };
}

function withOurs(pairs: readonly string[]): string[] {
  const others = pairs.filter((pair) => !passedOn.some(([name]) => pair.startsWith(`${name}=`)));
  return [...others, ...passedOn.map(([name, value]) => `${name}=${withMore(name, value)}`)];
}

/** With what the script itself has added. */
function withMore(name: string, value: string): string {
  const now = process.env[name];
  return now?.includes(value) ? now : value;
}

/** With these a shell starts Node without the adapter. Node programs that set NODE_OPTIONS come through here again. */
const takesItAway =
  /\bNODE_OPTIONS=|\benv\s+(?:-\S+\s+)*(?:-i|-|--ignore-environment|-u\s*NODE_OPTIONS|--unset=NODE_OPTIONS)\s/;
const byNode = /\b(?:cross-env(?:-shell)?|dotenv)\s[^;&|]*/g;
const assigned = /\bNODE_OPTIONS=(?:"[^"]*"|'[^']*'|\S*)/g;

/** @throws {Error} in the script: what it starts would change the real schema */
function refuseWithout(args: readonly string[]): void {
  const keepsIt = (value: string) => /\$\{?NODE_OPTIONS\b|\balterwise\/register\b/.test(value);
  const line = args.find((arg) => {
    const others = arg.replace(byNode, '').replace(assigned, (value) => (keepsIt(value) ? '' : value));
    return takesItAway.test(others);
  });
  if (line === undefined) return;
  throw new Error(
    `alterwise intercepts a script through NODE_OPTIONS, which this command would replace: ${line}. Set NODE_OPTIONS in the environment of alterwise itself; both are then used.`,
  );
}

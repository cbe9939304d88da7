import { ChildProcess } from 'node:child_process';
import { scriptFolderVariable } from '../scripts/script-folder.js';

interface Spawning {
  envPairs?: string[];
}

const handedOn = ['NODE_OPTIONS', scriptFolderVariable];

/**
 * A script may start others with an environment of its own: the adapter, and the folder in which it is told what to do,
 * are in there all the same. (`spawnSync` and its like do not come through here.)
 */
export function handOnToChildren(): void {
  const prototype = ChildProcess.prototype as unknown as { spawn(options: Spawning): unknown };
  const { spawn } = prototype;
  prototype.spawn = function spawnWithAdapter(this: unknown, options) {
    return spawn.call(this, { ...options, envPairs: withOurs(options.envPairs ?? []) });
  };
}

function withOurs(pairs: readonly string[]): string[] {
  const others = pairs.filter((pair) => !handedOn.some((name) => pair.startsWith(`${name}=`)));
  return [...others, ...handedOn.map((name) => `${name}=${process.env[name] ?? ''}`)];
}

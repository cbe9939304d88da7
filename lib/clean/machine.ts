import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { KnownRun } from '../runs/list.js';
import type { Found } from './found.js';

/** What dead runs left on this machine: a gh-ost that is still running, its folder, a control socket. */
export async function foundOnMachine(runs: readonly KnownRun[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const { run, lines, state, begin } of runs) {
    if (state === 'running' || state === 'elsewhere') continue;
    for (const line of lines) {
      if (line.type !== 'engine' || !isOurFolder(line.folder)) continue;
      for (const pid of await ghostsIn(line.folder)) found.push(ghost(pid, line.folder, run));
      found.push(...(await path(line.folder, 'folder', run, 'the folder of a gh-ost')));
    }
    if (begin.control === undefined) continue;
    found.push(...(await path(begin.control, 'socket', run, 'the control socket of a run')));
    const folder = dirname(begin.control);
    if (isOurFolder(folder))
      found.push(...(await path(folder, 'folder', run, 'the folder of a control socket')));
  }
  return found;
}

/** As mkdtemp names it: a tampered record must not make us remove other folders. */
function isOurFolder(folder: string): boolean {
  return /^alterwise-[A-Za-z0-9]{6}$/.test(basename(folder));
}

async function path(name: string, kind: 'folder' | 'socket', run: string, what: string): Promise<Found[]> {
  const there = await stat(name).catch(() => undefined); // gone, as it should be
  if (there === undefined || (kind === 'folder') !== there.isDirectory()) return [];
  const ageMs = Math.max(0, Math.round(Date.now() - there.mtimeMs));
  const remove = async () => {
    await rm(name, { recursive: true, force: true });
    return undefined;
  };
  return [{ kind, name, run, ageMs, what, verdict: 'removable', remove }];
}

function ghost(pid: number, folder: string, run: string): Found {
  const remove = async () => {
    // It may have ended, and its pid may be reused; its folder is unique.
    if (await isGhostIn(folder, pid)) process.kill(pid, 'SIGKILL');
    return undefined;
  };
  const what = 'a gh-ost that outlived its run';
  return { kind: 'process', name: `gh-ost ${pid}`, run, what, verdict: 'removable', remove };
}

/** Only Linux has /proc; elsewhere a gh-ost without its alterwise ends with its next line of output. */
async function ghostsIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (const pid of pids) if (await isGhostIn(folder, pid)) found.push(pid);
  return found;
}

async function isGhostIn(folder: string, pid: number): Promise<boolean> {
  const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  return args.some((arg) => arg.startsWith('--serve-socket-file=') && arg.includes(`${folder}/`));
}

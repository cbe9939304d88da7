import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { locksHoldEverywhere, type Topology } from '../inspect/topology.js';
import { type Before, isAsBefore, type Switch, switchBack } from '../mysql/instruments.js';
import { hasRestartedSince } from '../mysql/processlist.js';
import type { Session } from '../mysql/session.js';
import { isRoom, ownerOfClone } from '../probe/scratch.js';
import type { KnownRun } from '../runs/list.js';
import { quoteName, quoteTable, tableLabel } from '../sql/names.js';
import type { Found, Leftover } from './leftover.js';

/** What dead runs left on this machine: a gh-ost that still lives, its folder, the socket for orders. */
export async function foundOnMachine(runs: readonly KnownRun[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const { run, lines, state, begin } of runs) {
    if (state === 'running' || state === 'elsewhere') continue;
    for (const line of lines) {
      if (line.type !== 'engine' || !isOurFolder(line.folder)) continue;
      for (const pid of await ghostsIn(line.folder)) found.push(ghost(pid, line.folder, run));
      found.push(...(await path(line.folder, 'folder', run, 'the folder of a gh-ost')));
    }
    if (begin.control !== undefined) {
      found.push(...(await path(begin.control, 'socket', run, 'the socket on which it took orders')));
      const folder = dirname(begin.control);
      if (isOurFolder(folder)) found.push(...(await path(folder, 'folder', run, 'the folder of its socket')));
    }
  }
  return found;
}

/** As mkdtemp made it: a record that was tampered with must not have other folders removed. */
function isOurFolder(folder: string): boolean {
  return /^alterwise-[A-Za-z0-9]{6}$/.test(basename(folder));
}

async function path(name: string, kind: 'folder' | 'socket', run: string, what: string): Promise<Found[]> {
  const there = await stat(name).catch(() => undefined); // gone, as it should be
  if (there === undefined || (kind === 'folder') !== there.isDirectory()) return [];
  const ageMs = Math.max(0, Math.round(Date.now() - there.mtimeMs));
  return [
    {
      leftover: { kind, name, run, ageMs, what, verdict: 'removable' },
      remove: () => rm(name, { recursive: true, force: true }),
    },
  ];
}

function ghost(pid: number, folder: string, run: string): Found {
  return {
    leftover: {
      kind: 'process',
      name: `gh-ost ${pid}`,
      run,
      what: 'a gh-ost that outlived its run',
      verdict: 'removable',
    },
    remove: async () => {
      // It may have ended since, and its number may be another process's; no two have the same folder.
      if (await isGhostIn(folder, pid)) process.kill(pid, 'SIGKILL');
    },
  };
}

/** Linux alone tells; elsewhere a gh-ost without its alterwise ends by itself, at its next line of output. */
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

/**
 * What dead owners have left of tries on empty clones: rooms, and clones beside the original. By their name, and by the
 * named lock of the owner being free.
 */
export async function foundScratch(session: Session, topology: Topology): Promise<Found[]> {
  const schemas = await session.rows<{ name: string }>(
    "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '\\_alterwise\\_%'",
  );
  const tables = await session.rows<{ schema: string; name: string }>(
    `SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS name FROM information_schema.TABLES
      WHERE TABLE_SCHEMA NOT LIKE '\\_alterwise\\_%'
        AND (TABLE_NAME LIKE '\\_alterwise\\_%' OR TABLE_NAME LIKE '\\_\\_alterwise\\_%')`,
  );
  const found: Found[] = [];
  for (const { name } of schemas) {
    if (!isRoom(name)) continue;
    const drop = `DROP DATABASE IF EXISTS ${quoteName(name)}`;
    const thing = { kind: 'schema', name, what: 'a room for empty clones' } as const;
    found.push(await judged(session, topology, thing, name, drop));
  }
  for (const table of tables) {
    const owner = ownerOfClone(table.name);
    if (owner === undefined) continue;
    const drop = `DROP TABLE IF EXISTS ${quoteTable(table)}`;
    const thing = {
      kind: 'table',
      name: tableLabel(table),
      what: 'an empty clone, or of its rehearsal',
    } as const;
    found.push(await judged(session, topology, thing, owner, drop));
  }
  return found;
}

/** @param owner the name of the lock that its owner holds */
async function judged(
  session: Session,
  topology: Topology,
  { what, ...thing }: Pick<Leftover, 'kind' | 'name' | 'what'>,
  owner: string,
  drop: string,
): Promise<Found> {
  const isHeld = await isUsed(session, owner);
  if (isHeld) return { leftover: { ...thing, what, verdict: 'in-use' } };
  if (!locksHoldEverywhere(topology)) {
    const unseen = `${what}; whether another server of the group uses it cannot be seen`;
    return { leftover: { ...thing, what: unseen, verdict: 'not-ours' } };
  }
  return {
    leftover: { ...thing, what, verdict: 'removable' },
    remove: async () => void (await session.execute(drop)),
  };
}

async function isUsed(session: Session, owner: string): Promise<boolean> {
  const [row] = await session.rows<{ free: number }>('SELECT IS_FREE_LOCK(?) AS free', [owner]);
  return row?.free !== 1;
}

/**
 * The record's time is by the clock of the machine on which the run was, which may be ahead of this one's by seconds.
 * In doubt a switch stays on: that costs a server little, and a gh-ost that needs it much.
 */
const clockSkewMs = 10_000;

/** Switches of performance_schema that dead runs have switched on, and nobody has put back. */
export async function foundSwitches(session: Session, runs: readonly KnownRun[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const { run, state, lines } of runs) {
    if (state === 'running' || state === 'elsewhere') continue;
    const open = new Map<string, { which: Switch; before: Before; at: string }>();
    for (const line of lines) {
      if (line.type === 'switched') open.set(line.which.name, line);
      if (line.type === 'switched-back') open.delete(line.which.name);
    }
    for (const { which, before, at } of open.values()) {
      // A restart has forgotten what a run had switched on: what is on since then is by somebody else's order.
      if (await hasRestartedSince(session, Date.now() - Date.parse(at) + clockSkewMs)) continue;
      if (await isAsBefore(session, which, before)) continue;
      found.push(switchedOn(session, which, before, run));
    }
  }
  return found;
}

function switchedOn(session: Session, which: Switch, before: Before, run: string): Found {
  return {
    leftover: {
      kind: 'setting',
      name: `performance_schema.${which.table} ${which.name}`,
      run,
      what: 'switched on for a run, and off before it',
      verdict: 'removable',
    },
    remove: async () => {
      if (!(await switchBack(session, which, before))) throw inUse();
    },
  };
}

function inUse(): Error {
  return Object.assign(new Error('a gh-ost needs it now'), { code: 'in-use' });
}

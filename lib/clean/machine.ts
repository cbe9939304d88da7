import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Leftover } from '../documents/answers.js';
import type { Before, Switch } from '../documents/record.js';
import { locksHoldEverywhere, type Topology } from '../inspect/topology.js';
import { isAsBefore, switchBack } from '../mysql/instruments.js';
import { hasRestartedSince } from '../mysql/processlist.js';
import type { Session } from '../mysql/session.js';
import { isRoom, ownerOfClone } from '../probe/scratch.js';
import type { KnownRun } from '../runs/list.js';
import { quoteName, quoteTable, tableLabel } from '../sql/names.js';
import type { Found } from './leftover.js';

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
    if (begin.control !== undefined) {
      found.push(...(await path(begin.control, 'socket', run, 'the control socket of a run')));
      const folder = dirname(begin.control);
      if (isOurFolder(folder))
        found.push(...(await path(folder, 'folder', run, 'the folder of a control socket')));
    }
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
      // It may have ended, and its pid may be reused; its folder is unique.
      if (await isGhostIn(folder, pid)) process.kill(pid, 'SIGKILL');
    },
  };
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

/** Scratch schemas and empty clones of dead owners: known by their names, and by the owner's named lock being free. */
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
    const thing = { kind: 'schema', name, what: 'a scratch schema' } as const;
    found.push(await judged(session, topology, thing, name, drop));
  }
  for (const table of tables) {
    const owner = ownerOfClone(table.name);
    if (owner === undefined) continue;
    const drop = `DROP TABLE IF EXISTS ${quoteTable(table)}`;
    const thing = {
      kind: 'table',
      name: tableLabel(table),
      what: 'a clone from a probe or a rehearsal',
    } as const;
    found.push(await judged(session, topology, thing, owner, drop));
  }
  return found;
}

/** @param owner the named lock that a living owner holds */
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
    const unseen = `${what}; whether another server of the group uses it cannot be determined`;
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
 * Recorded times are by the clock of the machine that ran alterwise, which may be seconds ahead. When in doubt an
 * instrument stays on: that costs the server little, and switching it off costs a gh-ost that needs it much.
 */
const clockSkewMs = 10_000;

/** Instruments of performance_schema that dead runs switched on and did not switch back. */
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
      // A restart resets them: what is on since then was switched on by somebody else.
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
      what: 'switched on by a run; it was off before',
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

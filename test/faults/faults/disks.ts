import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Fault } from '../fault.js';

const run = promisify(execFile);
const anyWork: Fault['applies'] = (moment) => ['copy', 'verify', 'wait-cut-over', 'apply'].includes(moment);

export const diskFaults: readonly Fault[] = [
  {
    name: 'disk full for 15 s',
    text: "the disk of the server's data",
    applies: (moment) => ['copy', 'apply', 'wait-cut-over'].includes(moment),
    smallDisk: true,
    impossible: () => noMount(),
    inject: async ({ server }) => {
      const filler = join(server.disk ?? '/nonexistent', 'filler');
      await fill(filler, 0);
      await sleep(15_000);
      await rm(filler, { force: true });
      return undefined;
    },
  },
  {
    name: 'binlogs purged',
    text: 'FLUSH BINARY LOGS, PURGE BINARY LOGS of all but the newest',
    applies: (moment, engine) => engine === 'gh-ost' && moment !== 'locked',
    inject: async (scene) => {
      await scene.root('FLUSH BINARY LOGS');
      const logs = await scene.root('SHOW BINARY LOGS');
      await scene.root(`PURGE BINARY LOGS TO '${logs.at(-1)?.Log_name}'`);
      return undefined;
    },
  },
  {
    name: 'state directory is a file',
    text: 'from the beginning',
    applies: (moment) => moment === 'inspect',
    keepsNoRecord: true,
    prepare: async ({ stateDir }) => {
      await mkdir(dirname(stateDir), { recursive: true });
      await writeFile(stateDir, '');
      return () => rm(stateDir, { force: true });
    },
    inject: async () => undefined,
  },
  {
    name: 'state directory full',
    text: 'a file system of 256 kB without a free byte',
    applies: anyWork,
    impossible: () => noMount(),
    prepare: async ({ stateDir }) => mounted(stateDir),
    inject: async ({ stateDir }) => {
      await fill(join(stateDir, 'filler'), 0);
      return () => rm(join(stateDir, 'filler'), { force: true });
    },
  },
  {
    name: 'state directory read-only',
    text: 'mounted anew as read-only',
    applies: anyWork,
    impossible: () => noMount(),
    prepare: async ({ stateDir }) => mounted(stateDir),
    inject: async ({ stateDir }) => {
      // Files that are open for writing forbid it, so the folder is covered by one that is read-only.
      await run('mount', ['-t', 'tmpfs', '-o', 'ro,size=64k', 'alterwise-faults', stateDir]);
      return async () => void (await run('umount', [stateDir]));
    },
  },
];

async function mounted(path: string): Promise<() => Promise<void>> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await run('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'alterwise-faults', path]);
  return async () => void (await run('umount', ['-l', path]));
}

/** @param spare bytes that are left free */
async function fill(path: string, spare: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  const file = await open(path, 'w');
  const block = Buffer.alloc(1 << 20);
  try {
    for (let left = bavail * bsize - spare; left > 0; ) {
      const { bytesWritten } = await file.write(block, 0, Math.min(block.length, left));
      left -= bytesWritten;
    }
    // What is free a moment later, until there is none.
    for (;;) await file.write(block, 0, 4096);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    await file.close();
  }
}

let mountError: string | undefined | null = null;

/** Why no file system can be mounted here. */
async function noMount(): Promise<string | undefined> {
  if (mountError !== null) return mountError;
  const path = await mkdtemp(join(tmpdir(), 'alterwise-faults-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'alterwise-faults', path]);
    await run('umount', [path]);
    mountError = undefined;
  } catch (error) {
    mountError = `no file system can be mounted: ${String(error).split('\n')[0]}`;
  } finally {
    await rm(path, { recursive: true, force: true });
  }
  return mountError;
}

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The wall clock of some processes, which goes wrong when it is told to. */
export interface ShiftedClock {
  /** For the environment of a process that is to have it; one that makes no use of libc, as Go does not, keeps its own. */
  env: Readonly<Record<string, string>>;
  /** Steps it to so many seconds beside the machine's. */
  shift(seconds: number): Promise<void>;
}

const run = promisify(execFile);
const source = fileURLToPath(new URL('shifted.c', import.meta.url));

/** @param folder where its files go */
export async function shiftedClock(folder: string): Promise<ShiftedClock> {
  const [library, path] = [join(folder, 'shifted.so'), join(folder, 'shift')];
  await run('cc', ['-shared', '-fPIC', '-O1', '-o', library, source]);
  const shift = async (seconds: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds));
    // Not truncated, since it is mapped.
    await writeFile(path, bytes, { flag: 'r+' });
  };
  await writeFile(path, Buffer.alloc(8));
  return { env: { LD_PRELOAD: library, ALTERWISE_CLOCK: path }, shift };
}

/** Why there is none on this machine. */
export async function noShiftedClock(): Promise<string | undefined> {
  return run('cc', ['--version']).then(
    () => undefined,
    () => 'the clock of a process is shifted by a library in C, and there is no cc',
  );
}

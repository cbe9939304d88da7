/**
 * Sees to it that a detached child ends when this process does: nothing else would, and it would go on copying
 * with nobody to watch it. Where we are killed ourselves, its next line finds the pipe closed and ends it.
 * @returns call it when the child has ended, before its id can be given to another process
 */
export function killWithUs(pid: number): () => void {
  if (children.size === 0) process.on('exit', killAll);
  children.add(pid);
  return () => {
    children.delete(pid);
    if (children.size === 0) process.off('exit', killAll);
  };
}

const children = new Set<number>();

function killAll(): void {
  for (const pid of children) killGroup(pid);
}

/**
 * Kills a detached child and all that it started. Where all of that has ended, or belongs to another user (what sudo
 * runs), nothing happens: who waits for the child needs a limit.
 */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

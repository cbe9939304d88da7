import { type InstalledGhost, installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { type SandboxServer, startAnyServer } from '../sandbox/index.js';
import type { DemoOptions } from './stage.js';

/** The engine and a server, side by side: each may take a minute the first time. */
export async function install({
  rows,
  screen,
  signal,
}: DemoOptions): Promise<{ server: SandboxServer; ghost: InstalledGhost }> {
  // A table that fits into memory, as on a server for it.
  const variables = rows > 1_000_000 ? { 'innodb-buffer-pool-size': '1G' } : undefined;
  return screen.waiting('gh-ost and a throwaway MySQL are there', async (tell) => {
    const doing = new Map<string, string>();
    const part = <T>(name: string, work: (onProgress: (text: string) => void) => Promise<T>) =>
      work((text) => {
        doing.set(name, text);
        tell([...doing.values()].join(' · '));
      }).finally(() => {
        doing.delete(name);
        tell([...doing.values()].join(' · '));
      });
    const [server, ghost] = await Promise.allSettled([
      part('server', (onProgress) => startAnyServer({ flavor: 'mysql', signal, variables, onProgress })),
      part('engine', (onProgress) => installGhost({ signal, onProgress })),
    ]);
    if (server.status === 'rejected') throw server.reason;
    if (ghost.status === 'fulfilled') return { server: server.value, ghost: ghost.value };
    await server.value.kill();
    throw ghost.reason;
  });
}

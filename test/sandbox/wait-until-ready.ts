import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Supervised } from './supervised.js';

/**
 * Waits until something greets on this port as a MySQL server does: a packet whose first byte is 10, the version
 * of the protocol (MySQL internals, "Protocol::HandshakeV10"). A server listens while it still starts, but greets
 * only when its set-up file has been run. One that does not get ready is ended.
 */
export async function waitUntilReady(
  port: number,
  { ended, end }: Pick<Supervised, 'ended' | 'end'>,
  { limitMs, signal }: { limitMs: number; signal: AbortSignal | undefined },
): Promise<void> {
  try {
    await untilGreeted(port, ended, limitMs, signal);
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}

async function untilGreeted(
  port: number,
  ended: Promise<string>,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  const end: { said?: string } = {};
  const watch = ended.then((said) => {
    end.said = said;
  });
  while (!(await greets(port))) {
    signal?.throwIfAborted();
    if (end.said !== undefined) throw new Error(`the server ended at once: ${end.said}`);
    if (Date.now() > deadline) throw new Error(`the server was not ready within ${limitMs / 1000} s`);
    await Promise.race([sleep(50), watch]);
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 2_000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (packet) => settle(packet[4] === 10));
    for (const event of ['timeout', 'error', 'close'] as const) socket.once(event, () => settle(false));
  });
}

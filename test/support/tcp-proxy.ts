import { connect, createServer, type Socket } from 'node:net';
import { endWhenIdle } from '../../lib/cli/io.js';

// A test file that has a network which goes wrong.
endWhenIdle();

/** A network between a client and a server on this machine, which can go wrong. */
export interface TcpProxy {
  port: number;
  /** Resets every connection, and each new one, until it is healed. */
  cut(): void;
  /** What the server sends arrives so much later, until it is healed. */
  delay(ms: number): void;
  /**
   * Nothing arrives any more, and nobody is told: as behind a router that has forgotten its connections. Connections
   * of that time stay so when it is healed.
   */
  silence(): void;
  heal(): void;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  server: Socket;
  isSilent: boolean;
}

/** Listens on a free port of 127.0.0.1, and hands everything on to `port`. */
export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const state = { isCut: false, isSilent: false, delayMs: 0 };
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    if (state.isCut) return void client.on('error', () => {}).resetAndDestroy();
    const server = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    const pair = { client, server, isSilent: state.isSilent };
    pairs.add(pair);
    handOn(pair, 'client', () => 0);
    handOn(pair, 'server', () => state.delayMs);
    const drop = () => {
      // Whose partner does not hear of it has to find out by himself.
      if (pair.isSilent) return;
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', drop).on('close', drop);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const reset = () => {
    for (const { client, server } of pairs) for (const socket of [client, server]) socket.resetAndDestroy();
    pairs.clear();
  };
  return {
    port: address.port,
    cut: () => {
      state.isCut = true;
      reset();
    },
    delay: (ms) => {
      state.delayMs = ms;
    },
    silence: () => {
      state.isSilent = true;
      for (const pair of pairs) pair.isSilent = true;
    },
    heal: () => {
      Object.assign(state, { isCut: false, isSilent: false, delayMs: 0 });
    },
    close: () => {
      reset();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
}

/** One direction, in order, whatever the delay becomes meanwhile. */
function handOn(pair: Pair, from: 'client' | 'server', delayMs: () => number): void {
  const [source, target] = from === 'client' ? [pair.client, pair.server] : [pair.server, pair.client];
  let lastAt = 0;
  const inTime = (act: () => void) => {
    const now = performance.now();
    lastAt = Math.max(lastAt, now + delayMs());
    const go = () => {
      if (!pair.isSilent && !target.destroyed) act();
    };
    if (lastAt <= now) go();
    else setTimeout(go, lastAt - now);
  };
  source.on('data', (chunk) => inTime(() => void target.write(chunk)));
  source.on('end', () => inTime(() => void target.end()));
}

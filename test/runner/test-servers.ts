import {
  type SandboxServer,
  type ServerKind,
  ServerUnavailable,
  serverKinds,
  startServer,
} from '../../lib/sandbox/index.js';

/** How to reach a server as root, or why it is not there: what tests find in ALTERWISE_TEST_SERVERS. */
export type TestServer = { host: string; port: number; user: string; password: string } | { missing: string };
export type TestServers = Partial<Record<ServerKind, TestServer>>;

export interface StartedServers {
  addresses: TestServers;
  stop(): Promise<void>;
}

/** Starts all kinds that can be had: two at a time, since initialising one keeps a core busy. */
export async function startTestServers(signal: AbortSignal): Promise<StartedServers> {
  const running: SandboxServer[] = [];
  const addresses: TestServers = {};
  const waiting = [...serverKinds];
  const stop = async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
  };
  const startNext = async (): Promise<void> => {
    for (let kind = waiting.shift(); kind !== undefined; kind = waiting.shift()) {
      addresses[kind] = await startOne(kind, running, signal);
    }
  };
  const ended = await Promise.allSettled([startNext(), startNext()]);
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { addresses, stop };
}

async function startOne(
  kind: ServerKind,
  running: SandboxServer[],
  signal: AbortSignal,
): Promise<TestServer> {
  const began = Date.now();
  const onProgress = (text: string) => console.log(`# ${kind}: ${text}`);
  try {
    const server = await startServer(kind, { onProgress, signal });
    running.push(server);
    console.log(`# ${kind}: ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    return { host: server.host, port: server.port, user: server.user, password: server.password };
  } catch (error) {
    if (!(error instanceof ServerUnavailable)) throw error;
    console.log(`# ${error.message}`);
    return { missing: error.reason };
  }
}

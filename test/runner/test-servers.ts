import {
  type SandboxServer,
  type ServerKind,
  ServerUnavailable,
  serverKinds,
  startServer,
} from '../sandbox/index.js';

/** How to reach a server as root, or why it is not there: what tests find in ALTERWISE_TEST_SERVERS. */
export type TestServer = { host: string; port: number; user: string; password: string } | { missing: string };
export type TestServers = Partial<Record<ServerKind, TestServer>>;

export interface StartedServers {
  addresses: TestServers;
  /** Those that are missing for no good reason: installed, but they did not start. */
  broken: ServerKind[];
  stop(): Promise<void>;
}

/** Starts all kinds that can be had: two at a time, since initialising one keeps a core busy. */
export async function startTestServers(signal: AbortSignal): Promise<StartedServers> {
  const running: SandboxServer[] = [];
  const started: StartedServers = {
    addresses: {},
    broken: [],
    stop: async () => {
      await Promise.all(running.splice(0).map((server) => server.stop()));
    },
  };
  const waiting = [...serverKinds];
  const startNext = async (): Promise<void> => {
    for (let kind = waiting.shift(); kind !== undefined; kind = waiting.shift()) {
      try {
        const server = await startOne(kind, signal);
        running.push(server);
        const { host, port, user, password } = server;
        started.addresses[kind] = { host, port, user, password };
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ServerUnavailable)) started.broken.push(kind);
        started.addresses[kind] = { missing: reason(error) };
        console.log(`# ${kind}: ${reason(error)}`);
      }
    }
  };
  await Promise.all([startNext(), startNext()]);
  if (!signal.aborted) return started;
  await started.stop();
  throw signal.reason;
}

async function startOne(kind: ServerKind, signal: AbortSignal): Promise<SandboxServer> {
  const began = Date.now();
  const server = await startServer(kind, { onProgress: (text) => console.log(`# ${kind}: ${text}`), signal });
  console.log(`# ${kind}: ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return server;
}

function reason(error: unknown): string {
  if (error instanceof ServerUnavailable) return error.reason;
  return error instanceof Error ? error.message : String(error);
}

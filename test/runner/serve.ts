import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestServers } from './test-servers.js';

/** Where `--serve` leaves the addresses for test runs to come. */
export const addressFile = join(tmpdir(), 'alterwise-test-servers.json');

/** Keeps servers warm for a developer, until Ctrl-C. */
export async function serve(signal: AbortSignal): Promise<void> {
  const servers = await startTestServers(signal);
  try {
    await writeFile(addressFile, JSON.stringify(servers.addresses, undefined, 2), { mode: 0o600 });
    console.log(`# Addresses are in ${addressFile}; use them with`);
    console.log(`#   ALTERWISE_TEST_SERVERS="$(cat ${addressFile})" npm test -- test/…`);
    while (!signal.aborted) await sleep(2 ** 30, undefined, { signal }).catch(() => {});
  } finally {
    await rm(addressFile, { force: true });
    await servers.stop();
  }
}

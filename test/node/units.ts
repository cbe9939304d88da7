import { pathToFileURL } from 'node:url';

/** All tests that need no server, in one process: on another version of Node, where only what differs counts. */
for (const file of (process.env.ALTERWISE_TEST_FILES ?? '').split('\n')) {
  await import(pathToFileURL(file).href);
}

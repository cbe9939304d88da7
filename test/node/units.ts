import { pathToFileURL } from 'node:url';

/** Tests that need no server, in one process: those of the files that ALTERWISE_TEST_FILES lists. */
for (const file of (process.env.ALTERWISE_TEST_FILES ?? '').split('\n')) {
  await import(pathToFileURL(file).href);
}

/**
 * What `npm test` runs. `npm test` does everything; `npm test -- <files or folders>` those tests alone;
 * `npm test -- --serve` keeps the servers warm for runs to come.
 */
import { serve } from './runner/serve.js';
import { testRun } from './runner/test-run.js';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
}

const args = process.argv.slice(2);
if (args.includes('--serve')) await serve(stop.signal);
else process.exitCode = await testRun(args, stop.signal);

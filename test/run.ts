import { serve } from './runner/serve.js';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => stop.abort(new Error(name)));
if (process.argv.includes('--serve')) await serve(stop.signal);

/**
 * `npm run bench` lists the benchmarks, `npm run bench -- NAME` runs one. They print figures and whether a goal
 * was reached; they judge nothing, because a busy machine is no defect.
 */
import { parseArgs } from 'node:util';
import { adapter } from './adapter.js';
import { checksumSoak } from './checksum-soak.js';
import { cutOver } from './cut-over.js';
import { forecast } from './forecast.js';
import { type Bench, overhead } from './overhead.js';

const benches: Readonly<Record<string, Bench>> = {
  overhead,
  forecast,
  'checksum-soak': checksumSoak,
  'cut-over': cutOver,
  adapter,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '4' },
    rows: { type: 'string', default: '300000' },
    scale: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '30' },
  },
});
const [name = ''] = positionals;
const bench = benches[name];
const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('stopped by SIGINT')));
process.once('SIGTERM', () => stop.abort(new Error('stopped by SIGTERM')));

if (bench === undefined) {
  const lines = Object.entries(benches).map(([key, { description }]) => `  ${key}  ${description}`);
  console.log(
    ['npm run bench -- NAME [--pairs N] [--rows N] [--scale N] [--minutes N]', ...lines].join('\n'),
  );
  process.exitCode = name === '' ? 0 : 2;
} else {
  const { pairs, rows, scale, minutes } = values;
  await bench.run({
    pairs: Number(pairs),
    rows: Number(rows),
    scale: Number(scale),
    minutes: Number(minutes),
    signal: stop.signal,
  });
}

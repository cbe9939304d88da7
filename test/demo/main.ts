/** What `npm run demo` runs: the whole story on a throwaway server, of which nothing is left. */
import { parseArgs } from 'node:util';
import { Fault } from '../../lib/fault.js';
import { demo } from './demo.js';
import { screenOn } from './screen.js';

const usage = `npm run demo [-- --rows N]

Fills a table of a throwaway MySQL, keeps writers on it, and changes it: the unsafe way, and alterwise's.

  --rows N   how many rows the table has: 500000; 4200000 is the full story
`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const asked = readArguments(argv);
  if (typeof asked === 'number') return asked;
  const stop = stopOnSignals();
  const screen = screenOn(process.stdout);
  try {
    return (await demo({ rows: asked.rows, screen, signal: stop.signal })) ? 0 : 1;
  } catch (error) {
    if (stop.signal.aborted) screen.say('Stopped; nothing is left of it.');
    else process.stderr.write(`\n${explain(error)}\n`);
    return stop.signal.aborted ? 130 : 1;
  }
}

function readArguments(argv: readonly string[]): { rows: number } | number {
  try {
    const options = {
      rows: { type: 'string', default: '500000' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    const { values } = parseArgs({ args: [...argv], options });
    const rows = Number(values.rows);
    if (!Number.isSafeInteger(rows) || rows < 1_000 || rows > 100_000_000) {
      throw new Error(`--rows: expected a whole number from 1000 to 100000000, got ${values.rows}`);
    }
    if (!values.help) return { rows };
    process.stdout.write(usage);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
}

/** The first signal stops the story and clears away; a second one, some time later, leaves the rest to the supervisor. */
function stopOnSignals(): AbortController {
  const stop = new AbortController();
  let first = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // npm and tsx pass on what the terminal has sent to us already.
      if (stop.signal.aborted && performance.now() - first > 1_000) process.exit(130);
      if (stop.signal.aborted) return;
      first = performance.now();
      stop.abort(new Error(`stopped by ${name}`));
    });
  }
  // Nobody reads any more (`npm run demo | head`).
  process.stdout.on('error', (error) => stop.abort(error));
  return stop;
}

function explain(error: unknown): string {
  if (!(error instanceof Fault))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  return error.next === undefined ? error.message : `${error.message}\nNext: ${error.next}`;
}

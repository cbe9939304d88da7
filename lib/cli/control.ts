import { setTimeout as sleep } from 'node:timers/promises';
import { type ExitCode, exitCodes } from '../exit-code.js';
import { Fault, wrongUsage } from '../fault.js';
import type { Order } from '../runs/control/socket.js';
import type { KnownRun } from '../runs/list.js';
import { present } from '../util/present.js';
import { type Command, type Invocation, optionsOf } from './command.js';
import { writeAnswer } from './output.js';
import { settingsOf } from './settings.js';

/** Before a run ends, a cut-over attempt finishes and the shadow table is dropped. */
const endsWithinMs = 120_000;

/** What a run can be told from another terminal. */
export const controlCommands: readonly Command[] = [
  control('pause', 'pause the row copy of a run'),
  control('resume', 'resume a paused row copy'),
  control('cut-over', 'let a run that waits for a human cut over'),
  control('abort', 'stop a run, and restore everything as it was'),
  {
    ...control('set', 'change the pace of a row copy'),
    takes: '[RUN] [SETTING..]',
    examples: [['set chunk-size=500 max-lag=3s', 'also dml-batch-size and nice-ratio']],
  },
];

function control(name: Exclude<Order['order'], 'status'>, description: string): Command {
  return {
    name,
    takes: '[RUN]',
    description,
    options: [...optionsOf('Configuration'), 'format'],
    async execute(invocation, io) {
      const { settings } = await settingsOf(invocation, io);
      const { findRun } = await import('../runs/list.js');
      const { named, pairs } = wordsOf(invocation);
      const order = await orderOf(name, pairs);
      const run = await findRun(settings.stateDir, named);
      const answer = await give(order, run);
      const text = name === 'abort' ? await endOf(settings.stateDir, run.run) : answer;
      await writeAnswer({ run: run.run, text }, () => `${run.run.slice(0, 8)}: ${text}\n`, settings, io);
      return exitCodes.done;
    },
  };
}

/** A run, if one is named; and for `set` what is set. */
function wordsOf({ command: { name }, positionals }: Invocation) {
  const pairs = positionals.filter((word) => name === 'set' && word.includes('='));
  const [named, ...rest] = positionals.filter((word) => !pairs.includes(word));
  if (rest.length > 0 || named?.includes('=')) {
    throw wrongUsage(
      `${name}: expected one run, got ${positionals.join(' ')}.`,
      `alterwise ${name} RUN, with an id from alterwise status.`,
    );
  }
  return { named, pairs };
}

async function orderOf(order: Exclude<Order['order'], 'status'>, pairs: readonly string[]): Promise<Order> {
  if (order !== 'set') return { order };
  const { engineValues } = await import('../settings/live-settings.js');
  return { order, values: engineValues(pairs) };
}

/** @returns the new state @throws {Fault} if the run did not carry it out, or is dead */
async function give(order: Order, { run, state, begin }: KnownRun): Promise<string> {
  const { askRun } = await import('../runs/control/socket.js');
  const why = {
    running: 'its control socket does not respond',
    interrupted: 'its process died',
    elsewhere: 'it runs on another machine; give the order there',
    ended: 'it has ended',
  }[state];
  const unreached = notDone(
    'run-not-reached',
    `Cannot reach run ${run}: ${why}.`,
    'The order changed nothing.',
    run,
  );
  if (state !== 'running' || begin.control === undefined) throw unreached;
  const answer = await askRun(begin.control, order);
  if ('noAnswer' in answer) {
    if (answer.noAnswer === 'absent') throw unreached;
    const state = 'It may still carry out the order later.';
    throw notDone('run-silent', `Run ${run} did not answer in time.`, state, run, exitCodes.unknown);
  }
  if (answer.ok) return answer.text;
  const { id, text, next } = answer;
  throw new Fault(text, present({ id, exitCode: exitCodes.refused, state: 'The run continues.', next }));
}

/** Waits until a run that was asked to stop has stopped. @throws {Fault} exit code 9 if it has not */
async function endOf(stateDir: string, run: string): Promise<string> {
  const { findRun } = await import('../runs/list.js');
  const notEnded = (why: string, state: string) =>
    notDone('not-ended', `Run ${run} was asked to stop, but ${why}.`, state, run, exitCodes.unknown);
  for (const start = performance.now(); performance.now() - start < endsWithinMs; await sleep(300)) {
    const { state, exitCode } = await findRun(stateDir, run);
    if (state === 'ended') return `It has ended with exit code ${exitCode}.`;
    if (state === 'interrupted') {
      throw notEnded('its process died', 'alterwise clean lists what it left behind.');
    }
  }
  throw notEnded('it is still stopping after 2 minutes', 'It is still stopping.');
}

function notDone(
  id: string,
  message: string,
  state: string,
  run: string,
  exitCode: ExitCode = exitCodes.environment,
): Fault {
  return new Fault(message, { id, exitCode, state, next: `alterwise status ${run.slice(0, 8)}` });
}

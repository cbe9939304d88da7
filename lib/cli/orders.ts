import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes } from '../exit-code.js';
import { Fault, wrongUsage } from '../fault.js';
import type { Order } from '../runs/control/protocol.js';
import type { KnownRun } from '../runs/list.js';
import { type Command, type Invocation, optionsOf } from './command.js';
import { writeAnswer } from './output.js';
import { settingsOf } from './settings-of.js';

/** Before a run ends, a cut-over attempt finishes and the shadow table is dropped. */
const endsWithinMs = 120_000;

/** The orders to a run from another terminal. */
export const orderCommands: readonly Command[] = [
  orderCommand('pause', 'pause the row copy of a run'),
  orderCommand('resume', 'resume a paused row copy'),
  orderCommand('cut-over', 'let a run that waits for a human cut over'),
  orderCommand('abort', 'stop a run, and restore everything as it was'),
  {
    ...orderCommand('set', 'change the pace of a row copy'),
    usage: 'set [RUN] [SETTING..]',
    examples: [['$0 set chunk-size=500 max-lag=3s', 'also dml-batch-size and nice-ratio']],
  },
];

function orderCommand(name: 'pause' | 'resume' | 'cut-over' | 'abort' | 'set', description: string): Command {
  return {
    usage: `${name} [RUN]`,
    description,
    options: [...optionsOf('Configuration'), 'format'],
    async execute(invocation, io) {
      const { settings } = await settingsOf(invocation, io);
      const { named, order } = await asked(name, invocation);
      const { findRun } = await import('../runs/list.js');
      const run = await findRun(settings.stateDir, named);
      const text = await given(order, run);
      const ending = name === 'abort' ? await endOf(settings.stateDir, run) : undefined;
      const answer = { run: run.run, text: ending ?? text };
      await writeAnswer(answer, () => `${run.run.slice(0, 8)}: ${answer.text}\n`, settings, io);
      return exitCodes.done;
    },
  };
}

async function asked(
  name: Parameters<typeof orderCommand>[0],
  { positionals }: Invocation,
): Promise<{ named?: string; order: Order }> {
  const pairs = positionals.filter((word) => word.includes('='));
  const [named, ...rest] = positionals.filter((word) => !word.includes('='));
  if (rest.length > 0 || (name !== 'set' && pairs.length > 0)) {
    throw wrongUsage(
      `${name}: expected one run, got ${positionals.join(' ')}.`,
      `alterwise ${name} RUN, with an id from alterwise status.`,
    );
  }
  const run = named === undefined ? {} : { named };
  if (name !== 'set') return { ...run, order: { order: name } };
  const { engineValues } = await import('../settings/live-settings.js');
  return { ...run, order: { order: 'set', values: engineValues(pairs) } };
}

/** @returns the new state @throws {Fault} if the run did not carry it out, or is dead */
async function given(order: Order, { run, state, begin }: KnownRun): Promise<string> {
  const { askRun } = await import('../runs/control/protocol.js');
  if (state === 'running' && begin.control !== undefined) {
    const answer = await askRun(begin.control, order);
    if ('noAnswer' in answer && answer.noAnswer === 'silent') throw unanswered(run);
    if ('ok' in answer && answer.ok) return answer.text;
    if ('ok' in answer) {
      const { id, text, next } = answer;
      throw new Fault(text, {
        id,
        exitCode: exitCodes.refused,
        state: 'The run continues.',
        ...(next !== undefined && { next }),
      });
    }
  }
  throw new Fault(`Cannot reach run ${run}: ${whyNot[state]}.`, {
    id: 'run-not-reached',
    exitCode: exitCodes.environment,
    state: 'The order changed nothing.',
    next: `alterwise status ${run.slice(0, 8)}`,
  });
}

function unanswered(run: string): Fault {
  return new Fault(`Run ${run} did not answer in time.`, {
    id: 'run-silent',
    exitCode: exitCodes.unknown,
    state: 'It may still carry out the order later.',
    next: `alterwise status ${run.slice(0, 8)}`,
  });
}

function notEnded(run: string, why: string, state: string): Fault {
  return new Fault(`Run ${run} was asked to stop, but ${why}.`, {
    id: 'not-ended',
    exitCode: exitCodes.unknown,
    state,
    next: `alterwise status ${run.slice(0, 8)}`,
  });
}

const whyNot: Readonly<Record<KnownRun['state'], string>> = {
  running: 'its control socket does not respond',
  interrupted: 'its process died',
  elsewhere: 'it runs on another machine; give the order there',
  ended: 'it has ended',
};

/** Waits until a run that was asked to stop has stopped. @throws {Fault} exit code 9 if it has not */
async function endOf(stateDir: string, { run }: KnownRun): Promise<string> {
  const { findRun } = await import('../runs/list.js');
  for (const start = performance.now(); performance.now() - start < endsWithinMs; await sleep(300)) {
    const { state, exitCode } = await findRun(stateDir, run);
    if (state === 'ended') return `It has ended with exit code ${exitCode}.`;
    if (state === 'interrupted') {
      throw notEnded(run, 'its process died', 'alterwise clean lists what it left behind.');
    }
  }
  throw notEnded(run, 'it is still stopping after 2 minutes', 'It is still stopping.');
}

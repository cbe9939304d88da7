import { setTimeout as sleep } from 'node:timers/promises';
import type { ElsewhereRun, RunStatus } from '../documents/status.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { isGiven, type LoadedSettings } from '../settings/load.js';
import { type Command, optionsOf } from './command.js';
import type { Io } from './io.js';
import { styleOf, writeAll, writeAnswer } from './output.js';
import { settingsOf } from './settings.js';

/** How many runs that have ended are shown. */
const mostEnded = 10;
const redrawMs = 1_000;

export const statusCommand: Command = {
  name: 'status',
  takes: '[RUN]',
  description: 'show what is running, what ran, and what is left of it',
  options: [...optionsOf('Connection', 'Configuration'), 'format', 'no-color'],
  examples: [
    ['status', 'all runs; on a terminal it follows running ones'],
    ['status --host db1', 'include runs that were started on other machines'],
    ['status --format json', 'for programs'],
  ],
  async execute(invocation, io) {
    const loaded = await settingsOf(invocation, io);
    const { settings } = loaded;
    const [named] = invocation.positionals;
    const { statusAsText } = await import('../report/status.js');
    const elsewhere = named === undefined ? await onServer(loaded, io) : [];
    let runs = await shown(settings.stateDir, named);
    const isOn = ({ state }: RunStatus) => state === 'running';
    if (settings.format === 'text' && io.stdout.isTTY === true && runs.some(isOn)) {
      const style = styleOf(io.stdout, settings.color);
      const followed = new Set(runs.filter(isOn).map(({ run }) => run));
      for (runs = runs.filter(isOn); runs.some(isOn); ) {
        // Cursor home, then the text with each line cleared to its end, then clear the rest of the screen.
        const screen = statusAsText(runs, elsewhere, style, Date.now()).replaceAll('\n', '\u001b[K\n');
        await writeAll(io.stdout, `\u001b[H${screen}\u001b[J`);
        await sleep(redrawMs);
        runs = (await shown(settings.stateDir, named)).filter(({ run }) => followed.has(run));
      }
      await writeAll(io.stdout, '\u001b[H\u001b[J');
    }
    const answer = { runs, elsewhere };
    await writeAnswer(answer, (style) => statusAsText(runs, elsewhere, style, Date.now()), settings, io);
    return exitCodes.done;
  },
};

/** Runs of other machines, if a server was named. */
async function onServer({ settings, origins }: LoadedSettings, io: Io): Promise<ElsewhereRun[]> {
  if (!(['host', 'socket', 'dsn'] as const).some((name) => isGiven(origins, name))) return [];
  const { withSession } = await import('../mysql/session.js');
  const { readElsewhere } = await import('../engines/gh-ost/tables/marker.js');
  const { listRuns } = await import('../runs/list.js');
  try {
    const found = await withSession(settings.connection, {}, readElsewhere);
    const known = new Set((await listRuns(settings.stateDir)).map(({ run }) => run));
    return found.filter(({ run }) => !known.has(run));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    io.stderr.write(`Cannot show the runs of other machines: ${error.message}\n`);
    return [];
  }
}

async function shown(stateDir: string, named: string | undefined): Promise<RunStatus[]> {
  const { findRun, listRuns } = await import('../runs/list.js');
  const { statusOf } = await import('../runs/status.js');
  const all = await listRuns(stateDir);
  if (named !== undefined) return [statusOf(await findRun(stateDir, named), all)];
  const ended = all.filter(({ state }) => state === 'ended').slice(0, mostEnded);
  return all.filter((run) => run.state !== 'ended' || ended.includes(run)).map((run) => statusOf(run, all));
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { ElsewhereRun, RunStatus } from '../documents/status.js';
import { Fault } from '../fault.js';
import { isGiven, type LoadedSettings } from '../settings/load.js';
import { type Command, type Invocation, optionsOf } from './command.js';
import type { Io } from './io.js';
import { styleOf, writeAll, writeAnswer } from './output.js';
import { settingsOf } from './settings-of.js';

/** How many runs that have ended are shown. */
const mostEnded = 10;
const redrawMs = 1_000;

export const statusCommand: Command = {
  usage: 'status [RUN]',
  description: 'show what is running, what ran, and what is left of it',
  options: [...optionsOf('Connection', 'Configuration'), 'format', 'no-color'],
  examples: [
    ['$0 status', 'all runs; on a terminal it follows running ones'],
    ['$0 status --host db1', 'include runs that were started on other machines'],
    ['$0 status --format json', 'for programs'],
  ],
  async execute(invocation: Invocation, io: Io): Promise<number> {
    const loaded = await settingsOf(invocation, io);
    const { settings } = loaded;
    const [named] = invocation.positionals;
    const { statusAsText } = await import('../report/status.js');
    const live = settings.format === 'text' && io.stdout.isTTY === true;
    const elsewhere = named === undefined ? await onServer(loaded, io) : [];
    let runs = await shown(settings.stateDir, named);
    const followed = new Set(runs.flatMap(({ run, state }) => (state === 'running' ? run : [])));
    if (live && followed.size > 0) {
      const isFollowed = ({ run }: RunStatus) => followed.has(run);
      const isOn = ({ state }: RunStatus) => state === 'running';
      for (runs = runs.filter(isFollowed); runs.some(isOn); ) {
        // Cursor home, then the text with each line cleared to its end, then clear the rest of the screen.
        const text = statusAsText(runs, elsewhere, styleOf(io.stdout, settings.color), Date.now());
        const screen = text.replaceAll('\n', '\u001b[K\n');
        await writeAll(io.stdout, `\u001b[H${screen}\u001b[J`);
        await sleep(redrawMs);
        runs = (await shown(settings.stateDir, named)).filter(isFollowed);
      }
      await writeAll(io.stdout, '\u001b[H\u001b[J');
    }
    const asText = () => statusAsText(runs, elsewhere, styleOf(io.stdout, settings.color), Date.now());
    await writeAnswer({ runs, elsewhere }, asText, settings, io);
    return 0;
  },
};

/** Runs of other machines, if a server was named. */
async function onServer({ settings, origins }: LoadedSettings, io: Io): Promise<ElsewhereRun[]> {
  const isNamed = (['host', 'socket', 'dsn'] as const).some((name) => isGiven(origins, name));
  if (!isNamed) return [];
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

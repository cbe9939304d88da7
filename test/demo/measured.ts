import { humanCount, humanMs } from '../../lib/text/human.js';
import type { Stage } from './stage.js';

export interface Outcome {
  /** Who made the change, and how; empty where nothing was changed. */
  strategy: string;
  /** `schema.table`: the original, kept beside the table that took its place. */
  oldTable?: string;
  /** Why it did not end well. */
  failed?: string;
}

/** One act of the story, as the last table shows it. */
export interface Act {
  change: string;
  durationMs: number;
  longestStallMs?: number;
  rowsBefore: number;
  rowsAfter: number;
  outcome: Outcome;
}

/** Measures what the writers felt of it: the longest that one waited from the moment when its write was due. */
export async function measured(
  { client, load, screen }: Stage,
  change: string,
  play: () => Promise<Outcome>,
): Promise<Act> {
  const rowsBefore = await countRows(client);
  await load.lap();
  const began = performance.now();
  const outcome = await play();
  const durationMs = performance.now() - began;
  const { longestStallMs, writes } = await load.lap();
  const longest = longestStallMs === undefined ? '' : `; the longest took ${humanMs(longestStallMs)}`;
  screen.say(`  ${humanCount(writes)} writes were due meanwhile${longest}.`);
  const rowsAfter = await countRows(client);
  return {
    change,
    durationMs,
    ...(longestStallMs !== undefined && { longestStallMs }),
    rowsBefore,
    rowsAfter,
    outcome,
  };
}

async function countRows(client: Stage['client']): Promise<number> {
  const [row] = await client.ask('SELECT COUNT(*) counted FROM shop.investments');
  return Number(row?.counted);
}

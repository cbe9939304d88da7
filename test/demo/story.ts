import { setTimeout as sleep } from 'node:timers/promises';
import { humanMs } from '../../lib/text/human.js';
import { withClient } from './client.js';
import { holdOpen } from './hold-open.js';
import { type Act, measured, type Outcome } from './measured.js';
import { runAlterwise } from './run-alterwise.js';
import type { Stage } from './stage.js';

const calmMs = 5_000;
/** Below this alterwise would not need gh-ost for a table. */
const smallRows = 200_000;

const createIndex = 'CREATE UNIQUE INDEX reference ON shop.investments (reference)';

/** Plays the story, one scene after the other, each measured. */
export async function story(stage: Stage): Promise<Act[]> {
  const acts: Act[] = [];
  for (const { headline, change, heldMs, play, after } of scenes) {
    stage.screen.headline(`${acts.length + 1}. ${headline}`);
    const act = () => measured(stage, change, () => play(stage));
    acts.push(heldMs === undefined ? await act() : await holdOpen(stage, heldMs, act));
    await after?.(stage);
  }
  return acts;
}

interface Scene {
  headline: string;
  change: string;
  /** For how long somebody keeps the table in a transaction meanwhile. */
  heldMs?: number;
  play(stage: Stage): Promise<Outcome>;
  /** What the next scene needs; not measured. */
  after?(stage: Stage): Promise<void>;
}

const scenes: readonly Scene[] = [
  { headline: 'Nothing happens', change: 'none, to compare', play: calm },
  {
    headline: 'The unsafe way: a unique index by a plain client, while a transaction holds the table',
    change: 'CREATE UNIQUE INDEX',
    heldMs: 8_000,
    play: unsafeIndex,
    after: dropIndex,
  },
  {
    headline: 'alterwise: a new column',
    change: 'ADD COLUMN',
    play: (stage) => runAlterwise(stage, 'ALTER TABLE shop.investments ADD COLUMN note VARCHAR(200)'),
  },
  {
    headline: 'alterwise: the same unique index, while the same transaction holds the table',
    change: 'CREATE UNIQUE INDEX',
    // It looks at the rows and takes a sample before it wants the lock.
    heldMs: 20_000,
    play: (stage) => runAlterwise(stage, createIndex),
  },
  {
    headline: 'alterwise: another type for a column, through gh-ost',
    change: 'MODIFY INT to BIGINT',
    play: retype,
  },
];

async function calm({ screen, signal }: Stage): Promise<Outcome> {
  await screen.waiting('The writers at work', () => sleep(calmMs, undefined, { signal }));
  return { strategy: '' };
}

async function unsafeIndex({ screen, connection, signal, load }: Stage): Promise<Outcome> {
  screen.say(`  mysql> ${createIndex}`);
  await screen.waiting('The index is there', async (tell) => {
    const look = setInterval(() => {
      const still = load.standingStillMs;
      tell(
        still < 500
          ? 'CREATE UNIQUE INDEX'
          : `CREATE UNIQUE INDEX; writes have stood still for ${humanMs(still)}`,
      );
    }, 200);
    try {
      await withClient(connection, signal, (client) => client.ask(createIndex));
    } finally {
      clearInterval(look);
    }
  });
  return { strategy: 'plain client' };
}

async function dropIndex({ client, screen }: Stage): Promise<void> {
  await screen.waiting('The index is dropped again', () =>
    client.ask('ALTER TABLE shop.investments DROP INDEX reference'),
  );
}

async function retype(stage: Stage): Promise<Outcome> {
  const flags = stage.table.rows < smallRows ? ['--strategy=gh-ost'] : [];
  return runAlterwise(stage, 'ALTER TABLE shop.investments MODIFY amount_cents BIGINT NOT NULL', flags);
}

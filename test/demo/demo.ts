import { humanCount } from '../../lib/text/human.js';
import { type Comparison, compareWithTruth, type LoadReport } from '../load/index.js';
import { actsAsText, endAsText } from './acts-as-text.js';
import { type DemoOptions, type Stage, withStage } from './stage.js';
import { story } from './story.js';

/**
 * Plays the whole story.
 * @returns whether every change ended well and no row was lost, doubled, or different
 */
export async function demo(options: DemoOptions): Promise<boolean> {
  const { screen } = options;
  screen.headline(`alterwise: schema changes under load, on a table of ${humanCount(options.rows)} rows`);
  const end = await withStage(options, async (stage) => {
    const acts = await story(stage);
    screen.headline('The end: is every row as it was last written?');
    const { report, compared } = await compare(stage);
    return { acts, report, compared, left: await tablesLeft(stage) };
  });
  screen.say(`\n${actsAsText(end.acts, screen.style)}`);
  screen.say(`\n${endAsText(end, screen.style)}`);
  return end.acts.every(({ outcome }) => outcome.failed === undefined) && isSame(end.compared);
}

async function compare({
  load,
  client,
  table,
  screen,
}: Stage): Promise<{ report: LoadReport; compared: Comparison }> {
  const report = await load.stop();
  const text = 'Every row is compared with the log of the writers';
  const compared = await screen.waiting(text, () =>
    client.use((connection) => compareWithTruth(connection, table, report)),
  );
  return { report, compared };
}

function isSame({ lost, doubled, different }: Comparison): boolean {
  return lost + doubled + different === 0;
}

/** What is there besides the table itself, as the server says. */
async function tablesLeft({ client }: Stage): Promise<string[]> {
  const rows = await client.ask(
    "SELECT TABLE_NAME name FROM information_schema.TABLES WHERE TABLE_SCHEMA='shop'",
  );
  return rows.map(({ name }) => `shop.${name}`).filter((name) => name !== 'shop.investments');
}

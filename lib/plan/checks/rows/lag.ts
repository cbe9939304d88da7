import type { ServerFacts } from '../../../inspect/server.js';
import { isServerError } from '../../../mysql/errors.js';
import type { Session } from '../../../mysql/session.js';
import type { Settings } from '../../../settings/settings.js';
import { humanMs } from '../../human.js';
import type { Check } from '../../plan.js';

/** What a replica does not know yet was not looked at. */
export async function readLag(
  session: Session,
  { flavor, version }: ServerFacts,
  { ghost }: Pick<Settings, 'ghost'>,
  label: string,
): Promise<Check[]> {
  const newWords = flavor === 'mariadb' ? version.atLeast(10, 5, 1) : version.atLeast(8, 0, 22);
  const warning = (text: string): Check[] => [
    {
      id: 'check-from-lags',
      level: 'warning',
      text: `The rows were read on ${label}, ${text}.`,
      fix: 'Look at the rows on the server itself: leave --check-from out.',
    },
  ];
  let rows: Record<string, unknown>[];
  try {
    rows = await session.rows(newWords ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS');
  } catch (error) {
    if (!isServerError(error)) throw error;
    return warning('and how far it is behind may not be asked by this account');
  }
  if (rows.length === 0) return warning('which follows no other server');
  const behind = rows.map((row) => row.Seconds_Behind_Source ?? row.Seconds_Behind_Master ?? undefined);
  if (behind.includes(undefined)) return warning('whose replication stands still');
  const seconds = Math.max(...behind.map(Number));
  return seconds * 1_000 > ghost.maxLagMs ? warning(`which is ${humanMs(seconds * 1_000)} behind`) : [];
}

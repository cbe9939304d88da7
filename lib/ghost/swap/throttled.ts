import { withPatientSession } from '../../mysql/patient.js';
import { aboveMaxLoad } from '../../plan/checks/rows/load.js';
import type { Settings } from '../../settings/settings.js';
import { throttledByQuery } from '../compare/gives-way.js';

/**
 * Why gh-ost stands still by `--max-load` or `--throttle-query`, which it does not say while it postpones its swap. In a
 * swap it would hold the table, and not apply what is left.
 */
export async function throttled({
  connection,
  ghost,
}: Pick<Settings, 'connection' | 'ghost'>): Promise<string | undefined> {
  if (ghost.maxLoad === undefined && ghost.throttleQuery === undefined) return undefined;
  return withPatientSession(
    connection,
    { limitMs: 0 },
    async (session) =>
      (await aboveMaxLoad(session, ghost)) ?? (await throttledByQuery(session, ghost.throttleQuery)),
  );
}

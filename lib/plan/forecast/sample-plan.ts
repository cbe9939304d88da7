import { chooseSharedKey, uniqueKeys } from '../../ghost/assess/shared-key.js';
import type { ChangeFacts } from '../checks/check-facts.js';
import type { ForecastFacts } from './forecast.js';
import { type SampleKey, sampleKey } from './windows.js';

/** How much of the table is sampled, and for what. */
export interface SamplePlan {
  key: SampleKey;
  /** Rows of one chunk. */
  chunk: number;
  /** From how many places a chunk is read. */
  windows: number;
  ways: { ghost: boolean; direct: boolean };
}

/**
 * Below this many rows the rough rates will do: either way is a matter of seconds then, and fixed costs, which those rates know
 * as well as a sample does, are most of it.
 */
const worthwhileRows = 20_000;
const rowLimit = 100_000;
/** Wide rows: no more than this is written into the clone. */
const byteLimit = 128 * 1024 * 1024;
const fewestWindows = 25;
/** gh-ost's chunk where nothing else is said, as alterwise starts it. */
const usualChunk = 2_000;

/** @returns undefined where a sample would tell nothing, or must not be taken: the rough rates have to do. */
export function planSample(facts: ForecastFacts & ChangeFacts): SamplePlan | undefined {
  const { table, settings, probe } = facts;
  if (settings.checks.forecast !== 'sample' || facts.rowsAhead !== 'there') return undefined;
  if (probe.class === 'instant' || probe.class === 'metadata' || table.engine !== 'InnoDB') return undefined;
  if (!takesSamples(facts)) return undefined;
  const rows = table.rows?.count ?? 0;
  const bytes = (table.size.dataBytes ?? 0) + (table.size.indexBytes ?? 0);
  if (rows < worthwhileRows) return undefined;
  const most = Math.min(rowLimit, Math.floor(byteLimit / Math.max(1, bytes / rows)), rows);
  const chunk = Math.max(
    1,
    Math.min(settings.ghost.chunkSize ?? usualChunk, Math.floor(most / fewestWindows)),
  );
  const key = keyOf(facts);
  if (key === undefined) return undefined;
  return { key, chunk, windows: Math.floor(most / chunk), ways: waysOf(facts) };
}

/**
 * What is written here is written for all who follow: not on a replica, whose own writes set it apart from its source, and not
 * where every node of a cluster would have to wait for it.
 */
function takesSamples({ server: { topology } }: ForecastFacts): boolean {
  const { readOnly, isReplica, galera, groupReplication } = topology;
  return !readOnly && isReplica !== true && !galera && !groupReplication;
}

/** The one that gh-ost would use; where there is none, any along which rows can be told apart. */
function keyOf({ table, probe }: ChangeFacts): SampleKey | undefined {
  const shared = chooseSharedKey(table, probe.after)?.before;
  const keys = [...(shared ? [shared] : []), ...uniqueKeys(table)].filter(({ type }) => type === 'BTREE');
  return keys.map(sampleKey).find((key) => key !== undefined);
}

/** gh-ost is sampled where it may come into question, now or when the server has been made ready for it. */
function waysOf({ settings, ghost, table, probe }: ForecastFacts & ChangeFacts): SamplePlan['ways'] {
  const possible =
    ghost.obstacles.every(({ kind }) => kind === 'environment') &&
    chooseSharedKey(table, probe.after) !== undefined;
  return {
    ghost: possible && settings.strategy !== 'direct',
    direct: settings.strategy !== 'gh-ost' || !possible,
  };
}

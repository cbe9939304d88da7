import { createHash } from 'node:crypto';
import type { PlannedAlter } from '../../plan/plan.js';
import type { EngineRecord } from '../../runs/record.js';
import type { GhostContext } from '../flight.js';

/** Only how fast it goes; it may be another after a crash. */
const pace =
  /^--(?:chunk-size|dml-batch-size|nice-ratio|max-|critical-|throttle-|default-retries|cut-over|checkpoint-seconds)/;

/** What decides what a gh-ost copies: another one must not go on with its copy (it would not notice). */
export function engineRecord(
  { spec, promise, table }: PlannedAlter,
  { ghost, settings }: Pick<GhostContext, 'ghost' | 'settings'>,
): EngineRecord {
  const decides = [table, promise.before, settings.ghost.flags.filter((flag) => !pace.test(flag))];
  const flags = createHash('sha256').update(JSON.stringify(decides)).digest('hex');
  return { version: ghost.version, spec, flags };
}

import type { Reason } from '../../documents/plan.js';
import type { TableName } from '../../sql/names.js';
import { humanMs } from '../../text/human.js';
import type { CostFacts, Engine, EngineContext, Proposal, ProposalFacts, Remarks } from '../engine.js';
import { assessGhost } from './assess/assess.js';
import { putBack } from './put-back.js';
import { findWatchedReplicas, unwatchedChecks } from './replicas.js';
import { runThroughGhost } from './run.js';

/** A shadow table beside the original, filled by gh-ost and cut over when nothing blocks the table. */
export const ghost: Engine = {
  name: 'gh-ost',
  copiesTable: true,
  assess: assessGhost,
  propose,
  duration: (durations) => durations['gh-ost'],
  costs,
  remarks,
  putBack,
  run: runThroughGhost,
};

function propose({ assessment, durations, why }: ProposalFacts): Proposal {
  const obstacles = assessment.obstacles.map((each) => ({
    ...each,
    text: `gh-ost cannot be used: ${each.text}`,
  }));
  const [first, ...more] = obstacles;
  if (first !== undefined) {
    const { id, text } = first;
    const durationMs = durations['gh-ost'];
    const rejected = { strategy: 'gh-ost', reason: { id, text }, ...(durationMs && { durationMs }) } as const;
    return { kind: 'cannot', obstacles: [first, ...more], rejected };
  }
  const along = assessment.key === undefined ? '' : ` along ${assessment.key}`;
  const how: Reason = {
    id: 'gh-ost',
    text: `gh-ost copies it to a shadow table${along}, a chunk at a time, and cuts over at the end.`,
  };
  return { kind: 'takes', strategy: 'gh-ost', reasons: [...why, how] };
}

/**
 * gh-ost's cut-over holds writers for at most twice its lock timeout (gh-ost issue 952). It writes every row through the
 * binary log, and pauses at the lag that it may cause unless no replica is to be watched.
 */
function costs({ durationMs, table, topology, ghost }: CostFacts) {
  const { dataBytes, fileBytes } = table.size;
  const delays = topology.replicas !== 0 && durationMs !== undefined && ghost.throttleReplicas?.length !== 0;
  return {
    ...(fileBytes !== undefined && { diskBytes: fileBytes }),
    ...(dataBytes !== undefined && { binlogBytes: dataBytes }),
    writerStallMs: 2 * ghost.cutOverLockTimeoutSeconds * 1_000,
    ...(delays && { replicaDelayMs: { low: 0, high: ghost.maxLagMs } }),
  };
}

/** Whose lag pauses the row copy, and whose cannot be seen. */
async function remarks(
  table: TableName,
  { settings, server }: Pick<EngineContext, 'settings' | 'server'>,
): Promise<Remarks> {
  const { connection, ghost } = settings;
  if (ghost.throttleReplicas !== undefined) {
    return { reasons: watchedReason(ghost.throttleReplicas, ghost.maxLagMs), checks: [] };
  }
  const found = await findWatchedReplicas(connection, server, table);
  return { reasons: watchedReason(found.watched, ghost.maxLagMs), checks: unwatchedChecks(found) };
}

function watchedReason(replicas: readonly string[], maxLagMs: number): Reason[] {
  if (replicas.length === 0) return [];
  const text = `The row copy pauses while a replica is more than ${humanMs(maxLagMs)} behind: ${replicas.join(', ')}.`;
  return [{ id: 'replicas-watched', text }];
}

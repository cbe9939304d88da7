import type { CostClass, Reason } from '../../documents/plan.js';
import type { StrategyName } from '../../documents/strategies.js';
import { exitCodes } from '../../exit-code.js';
import { humanMs, humanRange } from '../../text/human.js';
import type { CostFacts, Engine, Proposal, ProposalFacts } from '../engine.js';
import { runDirectly } from './alter.js';

/** The server's own ALTER, with ALGORITHM and LOCK asserted and its lock waits bounded. */
export const direct: Engine = {
  name: 'direct',
  assess: async () => ({ obstacles: [], warnings: [] }),
  propose,
  duration: (durations, costClass) => durations[costClass],
  costs,
  run: runDirectly,
};

function propose(facts: ProposalFacts): Proposal {
  const { costClass, clause, isForced, settings } = facts;
  if (costClass === 'unknown') {
    const text = isForced
      ? 'A direct ALTER has to assert an ALGORITHM and a LOCK, and --probe off leaves them unknown.'
      : 'The change was not probed (--probe off), so only a copy beside the table is safe.';
    const next = 'Run it without --probe off.';
    return { kind: 'declines', reason: { id: 'probe-off', text }, exitCode: exitCodes.usage, next };
  }
  const { strategy, text } = ways[costClass];
  const durationMs = facts.durations[costClass];
  const what: Reason = { id: `class-${costClass}`, text };
  const taken = { kind: 'takes', strategy, ...(clause !== undefined && { clause }) } as const;
  if (strategy === 'instant') return { ...taken, reasons: [what] };
  // A direct ALTER delays replicas by its own duration; a blocking one stalls writers by it.
  const blocks = strategy === 'copy';
  const online = settings.directBudgetMs ?? (facts.replicas === 0 ? 60_000 : 10_000);
  const limitMs = blocks ? settings.stallBudgetMs : online;
  const budget = `the ${blocks ? 'stall' : 'direct'} budget is ${humanMs(limitMs)}.`;
  if (durationMs !== undefined && durationMs.high <= limitMs) {
    const within = `It is predicted to take ${humanRange(durationMs)}; ${budget}`;
    return { ...taken, reasons: [what, { id: 'within-budget', text: within }], instead: enough };
  }
  const stall = blocks ? ' and block writers throughout' : '';
  const takes = durationMs
    ? `A direct ALTER would take ${humanRange(durationMs)}${stall}`
    : `How long a direct ALTER would take${stall} is unknown`;
  const id = blocks ? 'over-stall-budget' : 'over-direct-budget';
  const over: Reason = { id, text: `${takes}; ${budget}` };
  if (isForced && !blocks) return { ...taken, reasons: [what, ...facts.why, over] };
  const rejected = { strategy, reason: { id, text }, ...(durationMs && { durationMs }) };
  return { kind: 'declines', reason: over, exitCode: exitCodes.refused, rejected };
}

const enough: Reason = {
  id: 'direct-is-enough',
  text: 'The server does it well enough by itself, and sooner.',
};

const ways: Readonly<Record<Exclude<CostClass, 'unknown'>, { strategy: StrategyName; text: string }>> = {
  instant: {
    strategy: 'instant',
    text: 'The server changes metadata only; the size of the table does not matter.',
  },
  metadata: {
    strategy: 'instant',
    text: 'The server changes metadata in place, without reading or writing rows; the size does not matter.',
  },
  scan: { strategy: 'inplace', text: 'The server reads the table once while writers continue.' },
  rebuild: { strategy: 'inplace', text: 'The server rebuilds the whole table while writers continue.' },
  'online-copy': { strategy: 'inplace', text: 'The server copies the whole table while writers continue.' },
  shared: { strategy: 'copy', text: 'The server works in place and blocks writers throughout.' },
  copy: { strategy: 'copy', text: 'The server copies the whole table and blocks writers throughout.' },
};

/**
 * INSTANT and INPLACE hold writers for the moment of the exclusive lock, a blocking copy for all of it. A direct ALTER is one
 * event in the binary log, which replicas begin when it is over here.
 */
function costs({ strategy, costClass, durationMs, table, topology }: CostFacts) {
  const { fileBytes } = table.size;
  const isWritten = ['rebuild', 'copy', 'online-copy'].includes(costClass);
  const isLong = strategy === 'inplace' || strategy === 'copy';
  return {
    ...(isWritten && fileBytes !== undefined && { diskBytes: fileBytes }),
    ...(strategy === 'copy' && durationMs && { writerStallMs: durationMs.high }),
    ...(isLong && topology.replicas !== 0 && durationMs && { replicaDelayMs: durationMs }),
  };
}

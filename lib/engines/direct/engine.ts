import type { CostClass, DurationRange, Reason } from '../../documents/plan.js';
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
  const { costClass, clause } = facts;
  if (costClass === 'unknown') return withoutClass(facts);
  const way = ways[costClass];
  const durationMs = facts.durations[costClass];
  const budget = budgetOf(facts, costClass);
  const what: Reason = { id: `class-${costClass}`, text: way.text };
  const taken = { kind: 'takes', strategy: way.strategy, ...(clause !== undefined && { clause }) } as const;
  if (budget === undefined) return { ...taken, reasons: [what] };
  if (durationMs !== undefined && durationMs.high <= budget.limitMs) {
    const within = {
      id: 'within-budget',
      text: `It is predicted to take ${humanRange(durationMs)}; the ${budget.name} is ${humanMs(budget.limitMs)}.`,
    };
    return { ...taken, reasons: [what, within], instead: enough };
  }
  const over: Reason = { id: `over-${budget.name.replaceAll(' ', '-')}`, text: overText(budget, durationMs) };
  if (facts.isForced && !budget.blocks) return { ...taken, reasons: [what, ...facts.why, over] };
  return {
    kind: 'declines',
    reason: over,
    exitCode: exitCodes.refused,
    rejected: {
      strategy: way.strategy,
      reason: { id: over.id, text: way.text },
      ...(durationMs && { durationMs }),
    },
  };
}

const enough: Reason = {
  id: 'direct-is-enough',
  text: 'The server does it well enough by itself, and sooner.',
};

function withoutClass({ isForced }: ProposalFacts): Proposal {
  const text = isForced
    ? 'A direct ALTER has to assert an ALGORITHM and a LOCK, and --probe off leaves them unknown.'
    : 'The change was not probed (--probe off), so only a copy beside the table is safe.';
  return {
    kind: 'declines',
    reason: { id: 'probe-off', text },
    exitCode: exitCodes.usage,
    next: 'Run it without --probe off.',
  };
}

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

interface Budget {
  name: 'direct budget' | 'stall budget';
  limitMs: number;
  blocks: boolean;
}

function overText({ name, limitMs, blocks }: Budget, durationMs: DurationRange | undefined): string {
  const stall = blocks ? ' and block writers throughout' : '';
  if (durationMs === undefined) {
    return `How long a direct ALTER would take${stall} is unknown; the ${name} is ${humanMs(limitMs)}.`;
  }
  return `A direct ALTER would take ${humanRange(durationMs)}${stall}; the ${name} is ${humanMs(limitMs)}.`;
}

/** A direct ALTER delays replicas by its own duration; a blocking one stalls writers by it. Undefined: no limit. */
function budgetOf({ settings, replicas }: ProposalFacts, costClass: CostClass): Budget | undefined {
  if (costClass === 'instant' || costClass === 'metadata') return undefined;
  const blocks = costClass === 'shared' || costClass === 'copy';
  if (blocks) return { name: 'stall budget', limitMs: settings.stallBudgetMs, blocks };
  return {
    name: 'direct budget',
    limitMs: settings.directBudgetMs ?? (replicas === 0 ? 60_000 : 10_000),
    blocks,
  };
}

/**
 * INSTANT and INPLACE hold writers for the moment of the exclusive lock, a blocking copy for all of it. A direct ALTER is one
 * event in the binary log, which replicas begin when it is over here.
 */
function costs({ strategy, durationMs, topology }: CostFacts) {
  const isLong = strategy === 'inplace' || strategy === 'copy';
  return {
    ...(strategy === 'copy' && durationMs && { writerStallMs: durationMs.high }),
    ...(isLong && topology.replicas !== 0 && durationMs && { replicaDelayMs: durationMs }),
  };
}

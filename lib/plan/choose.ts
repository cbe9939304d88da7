import { standingDanger, wayOut } from '../checks/accept.js';
import type {
  Check,
  CostClass,
  DurationRange,
  Reason,
  RejectedStrategy,
  StrategyName,
} from '../documents/plan.js';
import type { Obstacle } from '../engines/gh-ost/assess/obstacle.js';
import { type ExitCode, exitCodes } from '../exit-code.js';
import type { Durations } from '../forecast/rough.js';
import type { Probe } from '../probe/probe.js';
import type { Settings } from '../settings/settings.js';
import type { AlterStatement } from '../sql/statement.js';
import { humanMs, humanRange } from '../text/human.js';

export interface ChoiceFacts {
  /** `off`: not tried, so the class is not known. */
  probe: Probe | { kind: 'off' };
  durations: Durations;
  /** Servers that follow; absent where it is not known, which counts as "some do". */
  replicas?: number;
  /** What stands in gh-ost's way; empty where nothing does. Only needed where the change is no matter of metadata. */
  ghostObstacles: readonly Obstacle[];
  /** The unique key along which gh-ost would copy. */
  ghostKey?: string;
  checks: readonly Check[];
  asserted: AlterStatement['asserted'];
  settings: Pick<Settings, 'strategy' | 'stallBudgetMs' | 'directBudgetMs'>;
}

/** Facts in, strategy out, with its reasons and the ways not taken. Pure. */
export function choose(facts: ChoiceFacts): Choice {
  const { probe } = facts;
  if (probe.kind === 'rejected') return { ...rejection(probe), class: 'unknown', rejected: [] };
  const danger = standingDanger(facts.checks);
  const costClass = probe.kind === 'applies' ? probe.class : 'unknown';
  if (danger !== undefined) {
    return refuse(costClass, { id: danger.id, text: danger.text }, exitCodes.refused, wayOut(danger));
  }
  if (probe.kind === 'in-place') return nothing(probe.facts);
  if (probe.kind === 'conflict') return conflict(probe);
  if (probe.kind === 'off') return withoutClass(facts);
  const against = contradiction(facts.asserted, probe.clause);
  if (against !== undefined) return refuse(probe.class, against, exitCodes.usage, takeItOut);
  if (facts.settings.strategy === 'gh-ost') return ghost(facts, forced('gh-ost'), []);
  return direct(facts, probe.class, probe.clause);
}

const takeItOut =
  'Leave ALGORITHM and LOCK out: alterwise finds the cheapest that the server can do, and asserts it.';

function direct(facts: ChoiceFacts, costClass: CostClass, clause: string | undefined): Choice {
  const way = ways[costClass];
  const durationMs = facts.durations[costClass];
  const budget = budgetOf(facts, costClass);
  const chosen: Choice = {
    strategy: way.strategy,
    class: costClass,
    ...(clause !== undefined && { clause }),
    reasons: [{ id: `class-${costClass}`, text: way.text }],
    rejected: [],
  };
  if (budget === undefined) return chosen;
  if (durationMs !== undefined && durationMs.high <= budget.limitMs) {
    const within = {
      id: 'within-budget',
      text: `It is predicted to take ${humanRange(durationMs)}; the ${budget.name} is ${humanMs(budget.limitMs)}.`,
    };
    return { ...chosen, reasons: [...chosen.reasons, within], rejected: [slower(facts)] };
  }
  const over: Reason = { id: `over-${budget.name.replaceAll(' ', '-')}`, text: overText(budget, durationMs) };
  const rejected: RejectedStrategy = {
    strategy: way.strategy,
    reason: { id: over.id, text: way.text },
    ...(durationMs && { durationMs }),
  };
  if (facts.settings.strategy !== 'direct') return ghost(facts, over, [rejected]);
  if (!budget.blocks) return { ...chosen, reasons: [...chosen.reasons, forced('direct'), over] };
  const raise = 'Say --strategy auto, or allow the stall with --stall-budget.';
  return { ...refuse(costClass, over, exitCodes.refused, raise), rejected: [rejected] };
}

const ways: Readonly<Record<CostClass, { strategy: StrategyName; text: string }>> = {
  instant: {
    strategy: 'instant',
    text: 'The server changes metadata only; the size of the table does not matter.',
  },
  metadata: {
    strategy: 'instant',
    text: 'The server changes metadata in place, without reading or writing rows; the size does not matter.',
  },
  scan: { strategy: 'inplace', text: 'The server reads the table once while writers go on.' },
  rebuild: { strategy: 'inplace', text: 'The server writes the whole table anew while writers go on.' },
  'online-copy': { strategy: 'inplace', text: 'The server copies the whole table while writers go on.' },
  shared: { strategy: 'copy', text: 'The server works in place and blocks writers for all of it.' },
  copy: { strategy: 'copy', text: 'The server copies the whole table and blocks writers for all of it.' },
  unknown: { strategy: 'refuse', text: 'What the server would do is not known.' },
};

interface Budget {
  name: 'direct budget' | 'stall budget';
  limitMs: number;
  blocks: boolean;
}

function overText({ name, limitMs, blocks }: Budget, durationMs: DurationRange | undefined): string {
  const stall = blocks ? ' and block writers for all of it' : '';
  if (durationMs === undefined) {
    return `How long a direct ALTER would take${stall} is not known; the ${name} is ${humanMs(limitMs)}.`;
  }
  return `A direct ALTER would take ${humanRange(durationMs)}${stall}; the ${name} is ${humanMs(limitMs)}.`;
}

/** A direct ALTER delays replicas by its own duration; a blocking one stalls writers by it. Undefined: no limit. */
function budgetOf({ settings, replicas }: ChoiceFacts, costClass: CostClass): Budget | undefined {
  if (costClass === 'instant' || costClass === 'metadata') return undefined;
  const blocks = costClass === 'shared' || costClass === 'copy' || costClass === 'unknown';
  if (blocks) return { name: 'stall budget', limitMs: settings.stallBudgetMs, blocks };
  return {
    name: 'direct budget',
    limitMs: settings.directBudgetMs ?? (replicas === 0 ? 60_000 : 10_000),
    blocks,
  };
}

function ghost(facts: ChoiceFacts, why: Reason, rejected: readonly RejectedStrategy[]): Choice {
  const costClass = facts.probe.kind === 'applies' ? facts.probe.class : 'unknown';
  const obstacles = facts.ghostObstacles.map(({ id, text }) => ({
    id,
    text: `gh-ost cannot be used: ${text}`,
  }));
  const [first, reason] = [facts.ghostObstacles[0], obstacles[0]];
  if (first === undefined || reason === undefined) {
    const along = facts.ghostKey === undefined ? '' : ` along ${facts.ghostKey}`;
    const how = {
      id: 'gh-ost',
      text: `gh-ost copies the table beside it${along}, a chunk at a time, and swaps the tables at the end.`,
    };
    return { strategy: 'gh-ost', class: costClass, reasons: [why, how], rejected };
  }
  const exitCode = facts.ghostObstacles.every(({ kind }) => kind === 'environment')
    ? exitCodes.environment
    : exitCodes.refused;
  const ghostDuration = facts.durations['gh-ost'];
  return {
    ...refuse(costClass, reason, exitCode, first.next),
    reasons: [...obstacles, why],
    rejected: [
      ...rejected,
      { strategy: 'gh-ost', reason, ...(ghostDuration && { durationMs: ghostDuration }) },
    ],
  };
}

function slower({ durations }: ChoiceFacts): RejectedStrategy {
  const durationMs = durations['gh-ost'];
  const reason = { id: 'direct-is-enough', text: 'The server does it well enough by itself, and sooner.' };
  return { strategy: 'gh-ost', reason, ...(durationMs && { durationMs }) };
}

function withoutClass(facts: ChoiceFacts): Choice {
  const why = {
    id: 'probe-off',
    text: 'The change was not probed (--probe off), so only a copy beside the table is safe.',
  };
  if (facts.settings.strategy !== 'direct') return ghost(facts, why, []);
  const text = 'A direct ALTER has to assert an ALGORITHM and a LOCK, and --probe off leaves them unknown.';
  return refuse(
    'unknown',
    { id: 'probe-off', text },
    exitCodes.usage,
    'Leave --probe off out, or use --strategy gh-ost.',
  );
}

function nothing(facts: readonly string[]): Choice {
  const reasons = facts.map((text) => ({ id: 'in-place', text: `Already in place: ${text}.` }));
  return { strategy: 'nothing', class: 'instant', reasons, rejected: [] };
}

function conflict(probe: Extract<Probe, { kind: 'conflict' }>): Choice {
  const there = probe.states.flatMap((state) => (state.state === 'in-place' ? [state.clause] : []));
  const taken = probe.states.flatMap((state) => (state.state === 'conflict' ? [state.text] : []));
  const missing = probe.states.flatMap((state) => (state.state === 'missing' ? [state.clause] : []));
  if (taken.length > 0) {
    const text = `It cannot be applied to the table as it is: ${taken.join('; ')}.`;
    const errno = probe.states.flatMap((state) => ('errno' in state ? [state.errno] : []))[0];
    return refuse(
      'unknown',
      { id: 'conflict', text, ...(errno !== undefined && { errno }) },
      exitCodes.refused,
      'Compare the statement with the definition of the table.',
    );
  }
  const text = `Half of it is in place (${there.join('; ')}), and half is not (${missing.join('; ')}).`;
  return refuse(
    'unknown',
    { id: 'partly-in-place', text },
    exitCodes.refused,
    `Run only what is missing: ${missing.join(', ')}`,
  );
}

function refuse(costClass: CostClass, reason: Reason, exitCode: ExitCode, next: string): Choice {
  return {
    strategy: 'refuse',
    class: costClass,
    reasons: [reason],
    rejected: [],
    refusal: { exitCode, next },
  };
}

function forced(strategy: 'direct' | 'gh-ost'): Reason {
  return { id: 'forced', text: `--strategy ${strategy} asks for it.` };
}

/** What was chosen for a statement, and why. */
export interface Choice {
  strategy: StrategyName;
  class: CostClass;
  clause?: string;
  reasons: readonly Reason[];
  rejected: readonly RejectedStrategy[];
  refusal?: { exitCode: ExitCode; next: string };
}

/**
 * The server refuses the change on an empty table: either the statement is wrong (exit code 2), or what ties
 * the table to others forbids it (exit code 4).
 */
function rejection(probe: {
  errno: number;
  message: string;
}): Pick<Choice, 'strategy' | 'reasons' | 'refusal'> {
  const tied = foreignKeyErrors.has(probe.errno);
  const next =
    probe.errno === 1064
      ? 'Mend the statement at the place that the server names.'
      : tied
        ? 'Drop the foreign key first, or change both tables; see the message.'
        : 'Compare the statement with the definition of the table (SHOW CREATE TABLE).';
  return {
    strategy: 'refuse',
    reasons: [
      {
        id: probe.errno === 1064 ? 'syntax' : 'server-rejects',
        text: `The server says (${probe.errno}): ${probe.message}`,
        errno: probe.errno,
      },
    ],
    refusal: { exitCode: tied ? exitCodes.refused : exitCodes.usage, next },
  };
}

/** Needed in a foreign key, incompatible with the other side, or referenced. */
const foreignKeyErrors = new Set([1025, 1217, 1451, 1452, 1553, 1828, 1829, 1832, 1833, 1834, 3776, 3780]);

const algorithms = ['INSTANT', 'NOCOPY', 'INPLACE', 'COPY'];
const locks = ['NONE', 'SHARED', 'EXCLUSIVE'];

/**
 * A user's own ALGORITHM and LOCK say the most that the change may cost. What the probe found may be cheaper,
 * never dearer.
 * @param clause what the probe found; absent where the server takes no clause
 */
export function contradiction(
  asserted: AlterStatement['asserted'],
  clause: string | undefined,
): Reason | undefined {
  const { algorithm, lock } = asserted;
  const said = [algorithm && `ALGORITHM=${algorithm}`, lock && `LOCK=${lock}`].filter(Boolean).join(', ');
  if (!isKnown(algorithms, algorithm) || !isKnown(locks, lock)) {
    return { id: 'asserted-clause', text: `The statement says ${said}, which no server knows.` };
  }
  const found = {
    algorithm: /ALGORITHM=(\w+)/.exec(clause ?? '')?.[1] ?? 'COPY',
    lock: /LOCK=(\w+)/.exec(clause ?? '')?.[1] ?? 'NONE',
  };
  if (!isDearer(algorithms, found.algorithm, algorithm) && !isDearer(locks, found.lock, lock))
    return undefined;
  return {
    id: 'asserted-clause',
    text: `The statement says ${said}, and the server cannot do it so: the cheapest it can is ${clause ?? 'without a clause'}.`,
  };
}

function isKnown(words: readonly string[], asserted: string | undefined): boolean {
  return asserted === undefined || asserted === 'DEFAULT' || words.includes(asserted);
}

function isDearer(order: readonly string[], found: string, asserted: string | undefined): boolean {
  const limit = order.indexOf(asserted ?? 'DEFAULT'); // DEFAULT, or none: no limit
  return limit >= 0 && order.indexOf(found) > limit;
}

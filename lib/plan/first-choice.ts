import { standingDanger } from '../checks/shared/accept.js';
import type { Check, CostClass, Reason, RejectedStrategy, StrategyName } from '../documents/plan.js';
import type { Assessment, Engine, Obstacle, Proposal } from '../engines/engine.js';
import { waysOf } from '../engines/list.js';
import { type ExitCode, exitCodes } from '../exit-code.js';
import type { Durations } from '../forecast/predict.js';
import type { Probe } from '../probe/probe.js';
import type { Settings } from '../settings/settings.js';
import type { AlterStatement } from '../sql/statement.js';
import { reasons } from './reasons.js';

export interface ChoiceFacts {
  /** `off`: not tried, so the class is unknown. */
  probe: Probe | { kind: 'off' };
  durations: Durations;
  /** Servers that follow; absent if unknown, which counts as "some do". */
  replicas?: number;
  /** What each engine found when it looked; one that was not asked has nothing in its way. */
  assessments: Assessments;
  checks: readonly Check[];
  asserted: AlterStatement['asserted'];
  settings: Pick<Settings, 'strategy' | 'stallBudgetMs' | 'directBudgetMs'>;
}

/** By the name of the engine. */
export type Assessments = ReadonlyMap<string, Assessment>;

/** What was chosen for a statement, and why. */
export interface Choice {
  strategy: StrategyName;
  class: CostClass;
  clause?: string;
  reasons: readonly Reason[];
  rejected: readonly RejectedStrategy[];
  refusal?: { exitCode: ExitCode; next: string };
}

/** Before the ways out of a refusal are looked for. */
export interface FirstChoice extends Omit<Choice, 'refusal'> {
  refusal?: {
    exitCode: ExitCode;
    /** What fixes it without an option of alterwise. */
    next?: string;
    /** `final`: no option helps. `assertion`: the statement's own ALGORITHM or LOCK is the cause. */
    kind: 'final' | 'assertion' | 'open';
  };
}

/** Pure. @param list the engines in order of preference */
export function firstChoice(facts: ChoiceFacts, list: readonly Engine[]): FirstChoice {
  const { probe } = facts;
  if (probe.kind === 'rejected') return rejection(probe);
  const danger = standingDanger(facts.checks);
  const costClass = probe.kind === 'applies' ? probe.class : 'unknown';
  if (danger !== undefined) {
    return refuse(costClass, { id: danger.id, text: danger.text }, exitCodes.refused);
  }
  if (probe.kind === 'in-place') return nothing(probe.facts);
  if (probe.kind === 'conflict') return conflict(probe);
  if (probe.kind === 'applies') {
    const against = contradiction(facts.asserted, probe.clause);
    if (against !== undefined) return refuse(probe.class, against, exitCodes.usage, leaveOut, 'assertion');
  }
  return chooseEngine(facts, costClass, list);
}

const leaveOut =
  'Leave ALGORITHM and LOCK out: alterwise finds the cheapest that the server can do, and asserts it.';

/** The first engine that takes the change; if none does, why not. */
function chooseEngine(facts: ChoiceFacts, costClass: CostClass, list: readonly Engine[]): FirstChoice {
  const { durations, settings, probe } = facts;
  const forced = list.find(({ name }) => name === settings.strategy);
  const rejected: RejectedStrategy[] = [];
  const obstacles: Obstacle[] = [];
  let why: readonly Reason[] = forced === undefined ? [] : [askedFor(forced.name)];
  let declined: Extract<Proposal, { kind: 'declines' }> | undefined;
  for (const [index, engine] of (forced ? [forced] : list).entries()) {
    const proposal = engine.propose({
      costClass,
      ...(probe.kind === 'applies' && probe.clause !== undefined && { clause: probe.clause }),
      durations,
      ...(facts.replicas !== undefined && { replicas: facts.replicas }),
      assessment: facts.assessments.get(engine.name) ?? nothingFound,
      why,
      isForced: forced !== undefined,
      settings,
    });
    if (proposal.kind === 'takes') {
      const { kind: _, instead, ...taken } = proposal;
      const after = forced ? list.filter((other) => other !== engine) : list.slice(index + 1);
      const others =
        instead === undefined ? [] : after.map((other) => notNeeded(other, instead, facts, costClass));
      return { ...taken, class: costClass, rejected: [...rejected, ...others] };
    }
    if (proposal.rejected !== undefined) rejected.push(proposal.rejected);
    if (proposal.kind === 'declines') {
      declined = proposal;
      why = [proposal.reason];
    } else obstacles.push(...proposal.obstacles);
  }
  return { ...noEngine(costClass, obstacles, why, declined), rejected };
}

const nothingFound: Assessment = { obstacles: [], warnings: [] };

function askedFor(name: string): Reason {
  return { id: 'forced', text: `--strategy ${name} asks for it.` };
}

function notNeeded(
  engine: Engine,
  reason: Reason,
  { durations }: ChoiceFacts,
  costClass: CostClass,
): RejectedStrategy {
  const durationMs = engine.duration(durations, costClass);
  const strategy = waysOf(engine.name)[0] as StrategyName;
  return { strategy, reason, ...(durationMs && { durationMs }) };
}

function noEngine(
  costClass: CostClass,
  obstacles: readonly Obstacle[],
  why: readonly Reason[],
  declined: Extract<Proposal, { kind: 'declines' }> | undefined,
): FirstChoice {
  const [first] = obstacles;
  if (first === undefined) {
    if (declined === undefined) throw new Error('no engine to choose from');
    return refuse(costClass, declined.reason, declined.exitCode, declined.next);
  }
  const isEnvironment = obstacles.every(({ kind }) => kind === 'environment');
  const exitCode = isEnvironment ? exitCodes.environment : exitCodes.refused;
  const reasons = [...obstacles.map(({ id, text }) => ({ id, text })), ...why];
  return { ...refuse(costClass, { id: first.id, text: first.text }, exitCode, stepsOf(obstacles)), reasons };
}

/** Undefined if one of them has no way out: then it is no use to clear the others away. */
function stepsOf(obstacles: readonly Obstacle[]): string | undefined {
  const steps = [...new Set(obstacles.map(({ next }) => next))];
  if (steps.includes(undefined)) return undefined;
  // Statements alone can be pasted as they are.
  return steps.join(steps.every((step) => step?.startsWith('GRANT ')) ? '; ' : ' Then: ');
}

function nothing(facts: readonly string[]): FirstChoice {
  return { strategy: 'nothing', class: 'instant', reasons: facts.map(reasons.inPlace), rejected: [] };
}

function conflict({ states }: Extract<Probe, { kind: 'conflict' }>): FirstChoice {
  const taken = states.filter((each) => each.state === 'conflict');
  if (taken.length > 0) {
    const text = `It cannot be applied to the table as it is: ${taken.map((each) => each.text).join('; ')}.`;
    const errno = taken.find((each) => each.errno !== undefined)?.errno;
    const reason = { id: 'conflict', text, ...(errno !== undefined && { errno }) };
    const next = 'Compare the statement with the definition of the table.';
    return refuse('unknown', reason, exitCodes.refused, next, 'final');
  }
  const clauses = (wanted: 'in-place' | 'missing') =>
    states.filter(({ state }) => state === wanted).map(({ clause }) => clause);
  const missing = clauses('missing');
  const text = `Half of it is in place (${clauses('in-place').join('; ')}), and half is not (${missing.join('; ')}).`;
  const next = `Run only what is missing: ${missing.join(', ')}`;
  return refuse('unknown', { id: 'partly-in-place', text }, exitCodes.refused, next, 'final');
}

/**
 * The server refuses the change on an empty table: either the statement is wrong (exit code 2), or what ties
 * the table to others forbids it (exit code 4).
 */
function rejection(probe: Extract<Probe, { kind: 'rejected' }>): FirstChoice {
  const reason = reasons.serverRejects(probe);
  if (probe.errno === alterHistory) {
    const next =
      'SET GLOBAL system_versioning_alter_history = KEEP allows it. The history is then altered like the rows, as if it had always had the new definition. If it must stay as it is, keep a copy of it first. Then plan again.';
    return refuse('unknown', reasons.systemVersioned(), exitCodes.refused, next, 'final');
  }
  if (foreignKeyErrors.has(probe.errno)) {
    const next = 'Drop the foreign key first, or change both tables; see the message.';
    return refuse('unknown', reason, exitCodes.refused, next, 'final');
  }
  const next =
    reason.id === 'syntax'
      ? 'Fix the statement at the place that the server names.'
      : 'Compare the statement with the definition of the table (SHOW CREATE TABLE).';
  return refuse('unknown', reason, exitCodes.usage, next, 'final');
}

/** MariaDB's ER_VERS_ALTER_NOT_ALLOWED. */
const alterHistory = 4119;

/** Needed in a foreign key, incompatible with the other side, or referenced. */
const foreignKeyErrors = new Set([1025, 1217, 1451, 1452, 1553, 1828, 1829, 1832, 1833, 1834, 3776, 3780]);

function refuse(
  costClass: CostClass,
  reason: Reason,
  exitCode: ExitCode,
  next?: string,
  kind: 'final' | 'assertion' | 'open' = 'open',
): FirstChoice {
  return {
    strategy: 'refuse',
    class: costClass,
    reasons: [reason],
    rejected: [],
    refusal: { exitCode, ...(next !== undefined && { next }), kind },
  };
}

const algorithms = ['INSTANT', 'NOCOPY', 'INPLACE', 'COPY'];
const locks = ['NONE', 'SHARED', 'EXCLUSIVE'];

/**
 * A user's own ALGORITHM and LOCK say the most that the change may cost. What the probe found may be cheaper,
 * never dearer.
 * @param clause what the probe found; absent if the server takes no clause
 */
export function contradiction(
  { algorithm, lock }: AlterStatement['asserted'],
  clause = '',
): Reason | undefined {
  const pairs = [
    { order: algorithms, said: algorithm, found: /ALGORITHM=(\w+)/.exec(clause)?.[1] ?? 'COPY' },
    { order: locks, said: lock, found: /LOCK=(\w+)/.exec(clause)?.[1] ?? 'NONE' },
  ].flatMap(({ said, ...rest }) => (said === undefined || said === 'DEFAULT' ? [] : [{ said, ...rest }]));
  const isUnknown = pairs.some(({ order, said }) => !order.includes(said));
  const isDearer = pairs.some(({ order, said, found }) => order.indexOf(found) > order.indexOf(said));
  if (!isUnknown && !isDearer) return undefined;
  const words = [algorithm && `ALGORITHM=${algorithm}`, lock && `LOCK=${lock}`].filter(Boolean).join(', ');
  const why = isUnknown
    ? 'which no server knows'
    : `and the server cannot do it so: the cheapest it can is ${clause || 'without a clause'}`;
  return { id: 'asserted-clause', text: `The statement says ${words}, ${why}.` };
}

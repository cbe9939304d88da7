import { standingDanger } from '../checks/shared/accept.js';
import type { Check, CostClass, Reason, RejectedStrategy, StrategyName } from '../documents/plan.js';
import type { Assessment, Engine, Obstacle, Proposal } from '../engines/engine.js';
import { waysOf } from '../engines/list.js';
import { type ExitCode, exitCodes } from '../exit-code.js';
import type { Durations } from '../forecast/predict.js';
import type { Probe } from '../probe/probe.js';
import type { Settings } from '../settings/settings.js';
import type { AlterStatement } from '../sql/statement.js';

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
  if (probe.kind === 'rejected') return { ...rejection(probe), class: 'unknown', rejected: [] };
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
  const reasons = facts.map((text) => ({ id: 'in-place', text: `Already in place: ${text}.` }));
  return { strategy: 'nothing', class: 'instant', reasons, rejected: [] };
}

function conflict(probe: Extract<Probe, { kind: 'conflict' }>): FirstChoice {
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
      'final',
    );
  }
  const text = `Half of it is in place (${there.join('; ')}), and half is not (${missing.join('; ')}).`;
  return refuse(
    'unknown',
    { id: 'partly-in-place', text },
    exitCodes.refused,
    `Run only what is missing: ${missing.join(', ')}`,
    'final',
  );
}

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
}): Pick<FirstChoice, 'strategy' | 'reasons' | 'refusal'> {
  const tied = foreignKeyErrors.has(probe.errno);
  const next =
    probe.errno === 1064
      ? 'Fix the statement at the place that the server names.'
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
    refusal: { exitCode: tied ? exitCodes.refused : exitCodes.usage, next, kind: 'final' },
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

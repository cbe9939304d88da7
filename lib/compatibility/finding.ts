import type { Verdict } from '../documents/plan.js';

/** One thing that an application may notice of a change. */
export interface Finding extends Effects {
  /** Stable. */
  id: string;
}

interface Effects {
  /** On the old version of the application after the change. Absent: it notices nothing. */
  previous?: Effect;
  /** On the new version of the application before the change. */
  next?: Effect;
  /** What makes it safe; absent if nothing is needed, or it is enough to change and deploy in the right order. */
  steps?: readonly Step[];
}

/** `yes` is a note: it works, and this is what is different. */
interface Effect {
  works: Verdict['works'];
  /** One sentence, which is true of either version. */
  text: string;
}

export function finding(id: string, effects: Effects): Finding {
  return { id, ...effects };
}

export const yes = (text: string): Effect => ({ works: 'yes', text });
export const maybe = (text: string): Effect => ({ works: 'maybe', text });
export const no = (text: string): Effect => ({ works: 'no', text });

/**
 * Expand and contract: first what both versions can live with, at the end what only the new one can. These phases put
 * the steps of several findings in one order.
 */
const phases = ['prepare', 'expand', 'write', 'fill', 'read', 'contract', 'after'] as const;
type Phase = (typeof phases)[number];

export interface Step {
  phase: Phase;
  /** `deploy`: what the version to be deployed does, as it follows "Deploy a version that". */
  kind: 'deploy' | 'say' | 'alter' | 'sql';
  /** Of `alter` a clause of ALTER TABLE on the table. */
  text: string;
  /** Of `alter`: a clause of the change itself, which is not split up. */
  own?: true;
}

export const deploy = (phase: Phase, text: string): Step => ({ phase, kind: 'deploy', text });
export const say = (phase: Phase, text: string): Step => ({ phase, kind: 'say', text });
/** A statement to be run by hand. */
export const sql = (phase: Phase, text: string): Step => ({ phase, kind: 'sql', text });
/** A clause instead of one of the change. */
export const alter = (phase: Phase, text: string): Step => ({ phase, kind: 'alter', text });
/** A clause that the change has as well. */
export const own = (phase: Phase, text: string): Step => ({ phase, kind: 'alter', text, own: true });

/** When the steps of another finding do it all. */
export function withoutSteps(findings: readonly Finding[]): Finding[] {
  return findings.map(({ steps: _, ...finding }) => finding);
}

/** One list of the steps of all findings, phase by phase: all alterations in one statement, all deployments in one version. */
export function stepsOf(
  findings: readonly Finding[],
  { table, clauses }: { table: string; clauses: number },
): string[] {
  const all = inTime(findings);
  if (all.length === 0) return inOrder(findings);
  const alters = all.filter(({ kind }) => kind === 'alter');
  const whole = alters.every(({ own, phase }) => own && phase === alters[0]?.phase);
  const phaseOfChange = alters[0]?.phase ?? 'contract';
  const texts = phases.flatMap((phase) => {
    const steps = all.filter((step) => step.phase === phase);
    const [altered, deployed] = [unique(steps, 'alter'), unique(steps, 'deploy')];
    const change = whole
      ? phase === phaseOfChange && ['Make this change.']
      : altered.length > 0 && [`ALTER TABLE ${table} ${altered.join(', ')}`];
    return [
      ...unique(steps, 'say'),
      ...(deployed.length > 0 ? [`Deploy a version that ${deployed.join('; ')}.`] : []),
      // Rows are filled before a column refuses NULL.
      ...unique(steps, 'sql').map((text) => `${text} (in pieces if the table is large)`),
      ...(change || []),
    ];
  });
  const split = findings.filter(({ steps = [] }) => steps.some(({ kind }) => kind === 'alter')).length;
  const rest = !whole && clauses > split;
  return rest ? [...texts, 'The rest of the change can be part of any of these steps.'] : texts;
}

/** If one finding would have a clause early and another late, the clause comes late, and what needs it afterwards. */
function inTime(findings: readonly Finding[]): Step[] {
  const all = findings.flatMap(({ steps = [] }) => steps);
  const late = new Set(all.filter((step) => step.own && step.phase === 'contract').map(({ text }) => text));
  return findings.flatMap(({ steps = [] }) => {
    const early = steps.some((step) => step.own && step.phase === 'expand' && late.has(step.text));
    return early ? steps.map(postponed) : steps;
  });
}

function postponed(step: Step): Step {
  if (step.phase === 'expand') return { ...step, phase: 'contract' };
  return step.phase === 'read' ? { ...step, phase: 'after' } : step;
}

/** Without a version in between: it is enough that one comes before the other. */
function inOrder(findings: readonly Finding[]): string[] {
  const breaks = (effect: Effect | undefined) => effect !== undefined && effect.works !== 'yes';
  const previous = findings.some((finding) => breaks(finding.previous));
  const next = findings.some((finding) => breaks(finding.next));
  if (previous === next) return [];
  return next
    ? ['Make this change.', 'Deploy the version that needs it.']
    : ['Deploy the version that is ready for it.', 'Make this change.'];
}

function unique(steps: readonly Step[], kind: Step['kind']): string[] {
  return [...new Set(steps.filter((step) => step.kind === kind).map(({ text }) => text))];
}

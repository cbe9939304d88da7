import type { Verdict } from '../documents/plan.js';

/** One thing that an application may notice of a change. */
export interface Finding {
  /** Stable. */
  id: string;
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

export function finding(id: string, effects: Omit<Finding, 'id'>): Finding {
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
export function withoutSteps(findings: readonly (Finding | undefined)[]): (Finding | undefined)[] {
  return findings.map((found) => {
    if (found === undefined) return undefined;
    const { steps: _, ...bare } = found;
    return bare;
  });
}

/** One list of the steps of all findings, phase by phase: all alterations in one statement, all deployments in one version. */
export function stepsOf(
  findings: readonly Finding[],
  { table, clauses }: { table: string; clauses: number },
): string[] {
  const all = inTime(findings);
  if (all.length === 0) return inOrder(findings);
  const alters = all.filter(({ kind }) => kind === 'alter');
  const phaseOfChange = alters[0]?.phase ?? 'contract';
  const isWhole = alters.every(({ own, phase }) => own && phase === phaseOfChange);
  const texts = phases.flatMap((phase) => {
    const of = (kind: Step['kind']) =>
      unique(all.filter((step) => step.phase === phase && step.kind === kind).map(({ text }) => text));
    const [altered, deployed] = [of('alter').join(', '), of('deploy').join('; ')];
    const isAltered = isWhole ? phase === phaseOfChange : altered !== '';
    return [
      ...of('say'),
      ...(deployed === '' ? [] : [`Deploy a version that ${deployed}.`]),
      // Rows are filled before a column refuses NULL.
      ...of('sql').map((text) => `${text} (in pieces if the table is large)`),
      ...(isAltered ? [isWhole ? 'Make this change.' : `ALTER TABLE ${table} ${altered}`] : []),
    ];
  });
  const split = findings.filter(({ steps = [] }) => steps.some(({ kind }) => kind === 'alter')).length;
  const hasRest = !isWhole && clauses > split;
  return hasRest ? [...texts, 'The rest of the change can be part of any of these steps.'] : texts;
}

/** If one finding would have a clause early and another late, the clause comes late, and what needs it afterwards. */
function inTime(findings: readonly Finding[]): Step[] {
  const all = findings.flatMap(({ steps = [] }) => steps);
  const late = all.filter((step) => step.own && step.phase === 'contract').map(({ text }) => text);
  const later: Partial<Record<Phase, Phase>> = { expand: 'contract', read: 'after' };
  return findings.flatMap(({ steps = [] }) => {
    const isEarly = steps.some((step) => step.own && step.phase === 'expand' && late.includes(step.text));
    return isEarly ? steps.map((step) => ({ ...step, phase: later[step.phase] ?? step.phase })) : steps;
  });
}

/** Without a version in between: it is enough that one comes before the other. */
function inOrder(findings: readonly Finding[]): string[] {
  const breaks = (side: 'previous' | 'next') =>
    findings.some(({ [side]: effect }) => effect !== undefined && effect.works !== 'yes');
  if (breaks('previous') === breaks('next')) return [];
  return breaks('next')
    ? ['Make this change.', 'Deploy the version that needs it.']
    : ['Deploy the version that is ready for it.', 'Make this change.'];
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

import type { Verdict } from '../documents/plan.js';

/** One thing that the application may notice. */
export interface Finding {
  /** Stable. */
  id: string;
  /** The application as it is, on the schema to come. Absent: it notices nothing. */
  previous?: Effect;
  /** The application to come, on the schema as it is. */
  next?: Effect;
  /** What would make it safe; absent where nothing is needed, or the order of change and deploy is enough. */
  steps?: readonly Step[];
}

/** `yes` is a note: it works, and this is what is different. */
interface Effect {
  works: Verdict['works'];
  /** One sentence. */
  text: string;
}

/**
 * Expand and contract: first what both versions can live with, at the end what only the new one can. Steps of several
 * findings are put together by these phases.
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

/** Where the steps of another finding do it all. */
export function withoutSteps(findings: readonly Finding[]): Finding[] {
  return findings.map(({ steps: _, ...finding }) => finding);
}

export function deploy(phase: Phase, text: string): Step {
  return { phase, kind: 'deploy', text };
}

export function say(phase: Phase, text: string): Step {
  return { phase, kind: 'say', text };
}

/** A statement to be run by hand; where it writes many rows, in portions. */
export function sql(phase: Phase, text: string): Step {
  return { phase, kind: 'sql', text };
}

/** A clause in the place of one of the change. */
export function alter(phase: Phase, text: string): Step {
  return { phase, kind: 'alter', text };
}

/** A clause that the change has as well. */
export function own(phase: Phase, text: string): Step {
  return { phase, kind: 'alter', text, own: true };
}

/**
 * One list out of those of all findings: phase by phase, what is to be altered in one statement, what is to be
 * deployed in one version.
 */
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
    const altered = unique(steps, 'alter');
    const change =
      whole && phase === phaseOfChange
        ? ['Make this change.']
        : altered.length > 0 && !whole
          ? [`ALTER TABLE ${table} ${altered.join(', ')}`]
          : [];
    const fills = unique(steps, 'sql').map((text) => `${text} (in portions, where the table is large)`);
    // Rows are filled before a column refuses NULL; what is said or deployed comes before what is altered.
    return [...unique(steps, 'say'), ...deployed(unique(steps, 'deploy')), ...fills, ...change];
  });
  const split = findings.filter(({ steps = [] }) => steps.some(({ kind }) => kind === 'alter')).length;
  const rest = !whole && clauses > split;
  return rest ? [...texts, 'What else the change does can come with any of these steps.'] : texts;
}

/** Where one finding would have a clause early and another late, it comes late, and what needs it comes afterwards. */
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

/** No version has to be in between: it is enough that the one comes before the other. */
function inOrder(findings: readonly Finding[]): string[] {
  const breaks = (effect: Finding['previous']) => effect !== undefined && effect.works !== 'yes';
  const previous = findings.some((finding) => breaks(finding.previous));
  const next = findings.some((finding) => breaks(finding.next));
  if (previous === next) return [];
  return next
    ? ['Make this change.', 'Deploy the version that needs it.']
    : ['Deploy the version that is ready for it.', 'Make this change.'];
}

function deployed(texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [`Deploy a version that ${texts.join('; ')}.`];
}

function unique(steps: readonly Step[], kind: Step['kind']): string[] {
  return [...new Set(steps.filter((step) => step.kind === kind).map(({ text }) => text))];
}

import type { Verdict } from '../plan.js';

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
export interface Effect {
  works: Verdict['works'];
  /** One sentence. */
  text: string;
}

/**
 * Expand and contract: first what both versions can live with, at the end what only the new one can. Steps of several
 * findings are put together by these phases.
 */
export const phases = ['prepare', 'expand', 'write', 'fill', 'read', 'contract', 'after'] as const;
export type Phase = (typeof phases)[number];

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

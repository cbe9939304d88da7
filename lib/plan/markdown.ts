import { viewAsMarkdown } from './markdown/view-as-markdown.js';
import type { Plan } from './plan.js';
import { planView } from './view/plan-view.js';

/** The plan as a comment of a pull request. */
export function planAsMarkdown(plan: Plan): string {
  return viewAsMarkdown(planView(plan));
}

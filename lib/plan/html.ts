import { viewAsHtml } from './html/view-as-html.js';
import type { Plan } from './plan.js';
import { planView } from './view/plan-view.js';

/** The plan as one page, for a browser, a phone, or paper. */
export function planAsHtml(plan: Plan): string {
  return viewAsHtml(planView(plan));
}

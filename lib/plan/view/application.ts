import type { Compatibility, Verdict } from '../plan.js';
import { type Line, type Row, rowOf, type Tone } from './view.js';

const tones: Readonly<Record<Verdict['works'], Tone>> = { yes: 'good', maybe: 'caution', no: 'bad' };

/** More reasons than these are in the JSON. */
const shown = 5;

/** What the change means for the application, and the steps that would make it safe. */
export function applicationRows(compatibility: Compatibility | undefined): Row[] {
  if (compatibility === undefined) return [];
  const { previousOnNew, newOnPrevious, steps } = compatibility;
  return [
    ...rowOf('Old app', ...verdictLines(previousOnNew, 'on the new schema')),
    ...rowOf('New app', ...verdictLines(newOnPrevious, 'on the old schema')),
    ...rowOf('Steps', ...stepLines(steps)),
  ];
}

/** Two, such as a change and a deploy, are read at a glance. */
function stepLines(steps: readonly string[]): string[] {
  if (steps.length < 2) return [...steps];
  const numbered = steps.map((step, i) => `${i + 1}. ${step}`);
  return steps.length === 2 ? [numbered.join(' ')] : numbered;
}

function verdictLines({ works, reasons }: Verdict, where: string): Line[] {
  const [first, ...rest] = reasons.slice(0, shown);
  const more = reasons.length - shown;
  return [
    { lead: works, tone: tones[works], text: `, ${where}${first ? `: ${first.text}` : ''}` },
    ...rest.map(({ text }) => ({ text })),
    ...(more > 0 ? [{ text: `and ${more} more, which the plan has as JSON` }] : []),
  ];
}

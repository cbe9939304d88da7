import { counted, humanCount, oneLine } from '../human.js';
import type { Check } from '../plan.js';
import { type Line, type Row, rowOf, type Tone } from './view.js';

const tones: Readonly<Record<Check['level'], Tone>> = {
  danger: 'bad',
  unknown: 'caution',
  warning: 'caution',
  ok: 'good',
};

/** What was found that is no danger: what could not be known first. */
export function checkRows(checks: readonly Check[]): Row[] {
  const found = (['unknown', 'warning'] as const).flatMap((level) =>
    checks.filter((check) => check.level === level).map(checkLine),
  );
  const fine = checks.filter(({ level }) => level === 'ok').length;
  const rest: Line[] =
    fine === 0 ? [] : [{ lead: `${counted(fine, 'check')} found nothing`, tone: 'good', text: '' }];
  return rowOf('Checks', ...found, ...rest);
}

/** `danger nulls: Rows have no email (12); for example id=1; to mend it: UPDATE …`. */
export function checkLine({ id, level, text, count, samples, fix, final }: Check): Line {
  const said = count === undefined || text.includes(humanCount(count));
  const found = said ? '' : ` (${humanCount(count)})`;
  const examples = samples?.slice(0, 5).map((sample) => oneLine(sampleText(sample), 40)) ?? [];
  const such = examples.length === 0 ? '' : `; for example ${examples.join(', ')}`;
  const mend = fix === undefined ? '' : `; to mend it: ${fix.replace(/\.$/, '')}`;
  const what = `${id}${final ? ' (cannot be accepted)' : ''}: ${text.replace(/\.$/, '')}${found}`;
  return { lead: level, tone: tones[level], text: `${what}${such}${mend}`, brief: `${level} ${what}` };
}

function sampleText(sample: unknown): string {
  return typeof sample === 'string' ? sample : JSON.stringify(sample);
}

import type { Check, PlannedStatement } from '../plan.js';
import { checkLine } from './checks.js';
import { type Line, type Row, rowOf } from './view.js';

/** What has to be seen before everything else: why it is refused, what is dangerous, which danger was accepted. */
export function alarmRows({ strategy, reasons, checks }: PlannedStatement): Row[] {
  const dangers = checks.filter(({ level, accepted }) => level === 'danger' && !accepted);
  const accepted = checks.filter((check) => check.accepted);
  const lines = dangers.map(withWayPast);
  if (strategy !== 'refuse')
    return [...rowOf('Danger', ...lines), ...rowOf('Accepted', ...accepted.map(checkLine))];
  // A danger that refuses is the reason as well.
  const others = reasons.filter(
    ({ id, text }) => !dangers.some((check) => check.id === id && check.text === text),
  );
  const why = others.map(({ text }): Line => ({ text }));
  return [...rowOf('Refused', ...why, ...lines), ...rowOf('Accepted', ...accepted.map(checkLine))];
}

function withWayPast(check: Check): Line {
  const line = checkLine(check);
  return check.final ? line : { ...line, text: `${line.text}; --accept ${check.id} lets it pass` };
}

import { oneLine } from './human.js';
import { type Ink, ink, row, type TextStyle } from './layout.js';
import { type Line, type Row, type Tone, wordsOf } from './view/view.js';

/** A label, and its lines under each other; SQL is cut where it is very long. */
export function rowText({ label, lines, code }: Row, style: TextStyle): string {
  const color = label === 'Refused' || label === 'Danger' ? 'red' : label === 'Accepted' ? 'yellow' : 'dim';
  return lines
    .map((line, i) => {
      const text = lineText(line, code ? style.columns * 3 : undefined, style);
      return row(style, i === 0 ? label : '', text, color);
    })
    .join('');
}

export const inks: Readonly<Record<Tone, Ink>> = {
  bad: 'red',
  caution: 'yellow',
  good: 'green',
  info: 'cyan',
};

function lineText(line: Line, limit: number | undefined, style: TextStyle): string {
  const text = oneLine(wordsOf(line), limit);
  const { lead, tone } = line;
  if (lead === undefined || tone === undefined) return text;
  return `${ink(style, inks[tone], lead)}${text.slice(lead.length)}`;
}

import { stripVTControlCharacters, styleText } from 'node:util';
import stringWidth from 'string-width';

export interface TextStyle {
  color: boolean;
  /** Width of the terminal. */
  columns: number;
}

export type Ink = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Colours a text, if colours are wanted. */
export function ink(style: TextStyle, color: Ink, text: string): string {
  // `color` already depends on the stream.
  return style.color ? styleText(color, text, { validateStream: false }) : text;
}

const labelWidth = 12;

/** `label  text`, with the text wrapped and indented. */
export function row(style: TextStyle, label: string, text: string, color: Ink = 'dim'): string {
  const indent = labelWidth + 3;
  const [first = '', ...rest] = wrap(text, Math.max(20, style.columns - indent - 1));
  const head = `  ${ink(style, color, label.padEnd(labelWidth))} ${first}\n`;
  return head + rest.map((line) => `${' '.repeat(indent)}${line}\n`).join('');
}

/** Splits a text into lines of at most `width` columns, at spaces if possible, otherwise within a word. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((word) => pieces(word, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

function pieces(word: string, width: number): string[] {
  const found: string[] = [];
  for (let rest = word; rest !== ''; rest = rest.slice(found.at(-1)?.length)) {
    found.push(beginning(rest, width) || rest);
  }
  return found;
}

/** Cuts a text to at most `width` columns, with an ellipsis. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  return width < 1 ? '' : `${beginning(text, width - 1)}…`;
}

/** As much of a text as fits into `width` columns. */
function beginning(text: string, width: number): string {
  let kept = '';
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) {
    columns += stringWidth(segment);
    if (columns > width) break;
    kept += segment;
  }
  return kept;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** For a block of SQL: text with its lines, without other control characters. */
export function block(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n'))
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
}

import type { Schema } from '../../servers.js';

/** What became of one value in a strict ALTER. */
export interface Outcome {
  /** Refused, or another value than before. */
  harmed: boolean;
  refused: boolean;
  text: string;
}

/**
 * Converts one value by itself, with a strict ALTER, and back again.
 * @param mode the sql_mode in which alterwise works
 */
export async function convert(
  schema: Schema,
  mode: string,
  before: string,
  after: string,
  literal: string,
): Promise<Outcome> {
  const alter = (type: string) => schema.query(`ALTER TABLE x MODIFY c ${type} NULL`);
  await schema.query(`CREATE TEMPORARY TABLE x (c ${before} NULL)`);
  try {
    await schema.query(`INSERT INTO x VALUES (${literal})`);
    const was = await read(schema, before);
    await schema.query(`SET SESSION sql_mode='${mode}'`);
    try {
      await alter(after);
    } catch (error) {
      return { harmed: true, refused: true, text: String(error) };
    }
    const is = await read(schema, after);
    await schema.query("SET SESSION sql_mode=''");
    await alter(before);
    const back = await read(schema, before);
    const text = `${was.text} became ${is.text}, and back ${back.text}`;
    return { harmed: isHarmed(was, is, back), refused: false, text };
  } finally {
    await schema.query('DROP TEMPORARY TABLE x');
    await schema.query("SET SESSION sql_mode=''");
  }
}

interface Value {
  text: string;
  hex: string;
  family: 'bytes' | 'float' | 'text' | 'other';
}

async function read(schema: Schema, type: string): Promise<Value> {
  const family = /BINARY|BLOB/.test(type)
    ? 'bytes'
    : /FLOAT|DOUBLE/.test(type)
      ? 'float'
      : /CHAR|TEXT/.test(type)
        ? 'text'
        : 'other';
  // Of a FLOAT six digits are shown, and more are kept.
  const shown = family === 'float' ? 'c+0e0' : type.startsWith('BIT') ? 'c+0' : 'c';
  const [row] = await schema.query<{ text: string; hex: string }>(
    `SELECT CAST(CONCAT(${shown}) AS CHAR) AS text, HEX(c) AS hex FROM x`,
  );
  return { text: row?.text ?? 'NULL', hex: row?.hex ?? 'NULL', family };
}

function isHarmed(was: Value, is: Value, back: Value): boolean {
  if (is.family === 'bytes' || was.family === 'bytes') {
    return is.family === 'bytes' && was.family !== 'float' ? was.hex !== is.hex : was.hex !== back.hex;
  }
  const [from, to] = [lookOf(was.text), lookOf(is.text)];
  if (from === 'word' && to === 'number') return true; // a label became its number
  if (was.family === 'text' && /^\s*[+-]?0\d/.test(was.text) && was.text !== back.text) return true;
  if (is.text === '' && was.text !== '') return true; // the member that is none
  const isExact = was.family !== 'float' && is.family !== 'float';
  if (from === to && isExact && !isSame(was.text, is.text)) return true;
  return !isSame(was.text, back.text);
}

function lookOf(text: string): 'number' | 'moment' | 'word' {
  if (isNumber(text)) return 'number';
  return /^-?[\d:. T-]+$/.test(text) ? 'moment' : 'word';
}

const isNumber = (text: string) => /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text);

/** The same value, written in another way. */
function isSame(a: string, b: string): boolean {
  if (a === b) return true;
  if (isNumber(a) && isNumber(b)) return exactly(a) === exactly(b);
  return spelt(a) === spelt(b);
}

/** Without zeros that say nothing; digit by digit, since a number of JavaScript has not enough of them. */
function exactly(text: string): string {
  const [, sign = '', whole = '', fraction = ''] =
    /^\s*([+-]?)0*(\d*)\.?(\d*?)0*\s*$/.exec(withPoint(text)) ?? [];
  const digits = `${whole === '' ? '0' : whole}.${fraction}`;
  return sign === '-' && digits !== '0.' ? `-${digits}` : digits;
}

/** `1200` has zeros at its end that do say something. */
function withPoint(text: string): string {
  if (/e/i.test(text)) return withPoint(String(BigInt(Math.round(Number(text)))));
  return text.includes('.') ? text : `${text.trim()}.`;
}

/** `2024-1-2` and `2024-01-02T00:00:00.000` are one moment. */
function spelt(text: string): string {
  return text
    .replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')
    .replace(/-(\d)(?!\d)/g, '-0$1')
    .replace('T', ' ')
    .replace(/(:\d\d\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replace(/ 00:00:00$/, '')
    .replace(/^([[{].*)$/, (json) => json.replaceAll(' ', ''));
}

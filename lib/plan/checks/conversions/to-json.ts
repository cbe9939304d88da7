import { asText } from './number.js';
import { type Harm, harmed, type Pair } from './pair.js';

/** Only text is judged; numbers become JSON numbers. MySQL refuses binary strings (3144) whatever they say. */
export function toJson({ column, before }: Pair): Harm[] | undefined {
  switch (before.family) {
    case 'json':
    case 'integer':
      return [];
    case 'decimal':
      return harmed(
        'value-rounded',
        'would be rounded to the digits of a double',
        before.digits > 15 && `CAST((${column}+0e0) AS DECIMAL(65,${before.scale})) <> ${column}`,
      );
    case 'text':
      return harmed('not-json', 'cannot be read as JSON', `JSON_VALID(${asText(column, before)}) = 0`);
    default:
      return undefined;
  }
}

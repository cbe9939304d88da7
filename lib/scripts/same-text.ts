import { withoutEnd } from './recorded-statements.js';
import { withSchema } from './with-schema.js';

/**
 * Whether a script has sent what was planned: it may ask for the name of its schema, and quote it or not.
 * @param schema the default one of the session
 */
export function isSameText(planned: string, sent: string, schema: string | undefined): boolean {
  const [one, other] = [withoutEnd(planned), withoutEnd(sent)];
  if (one === other || schema === undefined) return one === other;
  return withSchema(one, schema, schema) === withSchema(other, schema, schema);
}

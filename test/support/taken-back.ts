import { type Inverse, inverseOf } from '../../lib/revert/inverse.js';
import { parseStatements } from '../../lib/sql/parse.js';
import type { AlterStatement } from '../../lib/sql/statement.js';
import { partsOf } from '../../lib/table/definition.js';
import { normalizeDefinition, piecesOf } from '../../lib/table/forms.js';
import type { Schema } from '../servers.js';

export interface TakenBack {
  inverse: Inverse;
  /** The definition that is taken back. */
  after: string;
  /** What is not as it was, and was not said. */
  faults: readonly string[];
}

/** Changes `t`, and takes the change back: the definition has to be what it was. */
export async function takenBack(schema: Schema, alter: string): Promise<TakenBack> {
  const before = await definitionOf(schema);
  const { spec, renames } = parsed(alter);
  await schema.query(`ALTER TABLE t ${spec}`);
  return backTo(
    schema,
    before,
    renames.map(({ from, to }) => ({ from: to, to: from })),
  );
}

/** Makes of `t` what has this definition, by the inverse. @param renames from the names of now to those that were */
export async function backTo(
  schema: Schema,
  before: string,
  renames: AlterStatement['renames'],
): Promise<TakenBack> {
  const after = await definitionOf(schema);
  const inverse = inverseOf(before, after, renames);
  const { alter, refused } = inverse;
  if (refused !== undefined) return { inverse, after, faults: [refused] };
  if (alter === undefined) {
    return { inverse, after, faults: same(before, after) ? [] : ['nothing is done'] };
  }
  if (before === after) return { inverse, after, faults: [`not needed: ${alter}`] };
  try {
    await schema.query(`ALTER TABLE t ${parsed(alter).spec}`);
  } catch (error) {
    return { inverse, after, faults: [`${alter}: ${error instanceof Error ? error.message : error}`] };
  }
  return { inverse, after, faults: differences(before, await definitionOf(schema), inverse) };
}

export async function definitionOf(schema: Schema): Promise<string> {
  const [row] = await schema.query<{ 'Create Table': string }>('SHOW CREATE TABLE t');
  return normalizeDefinition(row?.['Create Table'] ?? '');
}

export function parsed(alter: string): AlterStatement {
  const [statement] = parseStatements(`ALTER TABLE t ${alter}`);
  if (statement?.kind !== 'alter') throw new Error(alter);
  return statement;
}

function differences(before: string, made: string, { alter, losses }: Inverse): string[] {
  const says = (loss: string) => losses.some(({ id }) => id === loss);
  const now = says('revert-key-block-size') ? made.replace(/(?<=^ .*) KEY_BLOCK_SIZE=\d+/gm, '') : made;
  const names = (text: string) => partsOf(text, 'column').map(({ name }) => name);
  return [
    ...(same(before, now) ? [] : [`${alter} made ${now} and not ${before}`]),
    ...(names(before).join() === names(now).join() ? [] : [`${alter} put the columns in another order`]),
  ];
}

/** Constraints and keys may stand in another order. */
function same(a: string, b: string): boolean {
  const [was, is] = [a, b].map((text) => piecesOf(text).sort().join('\n'));
  return was === is;
}

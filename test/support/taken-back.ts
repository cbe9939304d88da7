import { type Inverse, inverseOf } from '../../lib/revert/inverse.js';
import { parseStatements } from '../../lib/sql/parse.js';
import type { AlterStatement } from '../../lib/sql/statement.js';
import { linesOf, normalizeDefinition, partOf } from '../../lib/table/definition.js';
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
  const now = says('key-block-size') ? made.replace(/(?<=^ .*) KEY_BLOCK_SIZE=\d+/gm, '') : made;
  const isOrdered = sameOrder(before, now, 'key');
  return [
    ...(same(before, now) ? [] : [`${alter} made ${now} and not ${before}`]),
    ...(sameOrder(before, now, 'column') ? [] : [`${alter} put the columns in another order`]),
    ...(isOrdered !== says('key-order')
      ? []
      : [`${alter} does ${isOrdered ? 'not ' : ''}put keys elsewhere: ${now}`]),
  ];
}

/** Constraints and keys may stand in another order. */
function same(a: string, b: string): boolean {
  return linesOf(a).sort().join('\n') === linesOf(b).sort().join('\n');
}

function sameOrder(a: string, b: string, kind: 'column' | 'key'): boolean {
  const [was, is] = [a, b].map((text) =>
    linesOf(text)
      .filter((line) => partOf(line)?.what.endsWith(kind))
      .join('\n'),
  );
  return was === is;
}

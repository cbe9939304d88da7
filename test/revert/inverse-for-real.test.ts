import t from 'tap';
import { normalizeDefinition } from '../../lib/probe/definition.js';
import { linesOf, partOf } from '../../lib/probe/definition-lines.js';
import { inverseOf } from '../../lib/revert/inverse.js';
import { parseStatements } from '../../lib/sql/parse.js';
import type { AlterStatement } from '../../lib/sql/statement.js';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { type Change, changes } from '../support/changes.js';
import { makeNumbers, makeTable } from '../support/tables.js';

/** Every change is made on a filled table, taken back by its inverse, and made again by the inverse of that. */
await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const schema = await freshSchema(t, server);
  await makeNumbers(schema);
  let tried = 0;
  for (const change of changes) {
    if (['?', '!', '='].includes(change.codes[server.kind])) continue;
    t.same(await faultsOf(change, schema), [], `${change.table}: ${change.alter}`);
    tried++;
  }
  t.ok(tried >= 60, `${tried} changes`);
});

async function faultsOf({ table, alter }: Change, schema: Schema): Promise<string[]> {
  await makeTable(schema, table);
  const before = await definitionOf(schema);
  const { spec, renames } = parsed(alter);
  await schema.query(`ALTER TABLE t ${spec}`);
  const after = await definitionOf(schema);
  const mirrored = renames.map(({ from, to }) => ({ from: to, to: from }));
  return [
    ...(await taken(schema, before, after, mirrored)),
    ...(await taken(schema, after, await definitionOf(schema), renames)),
  ];
}

/** What is wrong with the table after the inverse, which makes `before` of `after`. */
async function taken(
  schema: Schema,
  before: string,
  after: string,
  renames: AlterStatement['renames'],
): Promise<string[]> {
  const { alter, losses, refused } = inverseOf(before, after, renames);
  if (refused !== undefined) return [refused];
  if (before === after) return alter === undefined && losses.length === 0 ? [] : [`not needed: ${alter}`];
  if (alter === undefined) return ['nothing to do'];
  try {
    await schema.query(`ALTER TABLE t ${parsed(alter).spec}`);
  } catch (error) {
    return [`${alter}: ${error instanceof Error ? error.message : error}`];
  }
  const made = await definitionOf(schema);
  const saysSize = losses.some(({ id }) => id === 'key-block-size');
  const now = saysSize ? made.replace(/(?<=^ .*) KEY_BLOCK_SIZE=\d+/gm, '') : made;
  const isOrdered = sameOrder(before, now, 'key');
  const saysOrder = losses.some(({ id }) => id === 'key-order');
  return [
    ...(same(before, now) ? [] : [`${alter} made ${now} and not ${before}`]),
    ...(sameOrder(before, now, 'column') ? [] : [`${alter} put the columns in another order`]),
    ...(isOrdered !== saysOrder ? [] : [`${alter}: it ${saysOrder ? 'says' : 'does not say'} key-order`]),
  ];
}

async function definitionOf(schema: Schema): Promise<string> {
  const [row] = await schema.query<{ 'Create Table': string }>('SHOW CREATE TABLE t');
  return normalizeDefinition(row?.['Create Table'] ?? '');
}

function parsed(alter: string): AlterStatement {
  const [statement] = parseStatements(`ALTER TABLE t ${alter}`);
  if (statement?.kind !== 'alter') throw new Error(alter);
  return statement;
}

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

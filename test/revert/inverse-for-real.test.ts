import t from 'tap';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { type Change, changes } from '../support/changes.js';
import { makeNumbers, makeTable } from '../support/tables.js';
import { backTo, parsed, takenBack } from '../support/taken-back.js';

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
  const back = await takenBack(schema, alter);
  const again = await backTo(schema, back.after, parsed(alter).renames);
  return [...back.faults, ...again.faults];
}

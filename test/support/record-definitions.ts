import { parents, type RecordedDefinition } from '../fixtures/definitions.js';

interface Place {
  name: string;
  /** Another schema, for parents of foreign keys. */
  elsewhere: string;
  query(sql: string): Promise<unknown>;
}

/** Makes each of the tables, and reads back what the server made of it. A refused one has no definition. */
export async function recordDefinitions(
  { name, elsewhere, query }: Place,
  creates: readonly string[],
): Promise<RecordedDefinition[]> {
  const there = (sql: string) => sql.replaceAll('elsewhere.', `${elsewhere}.`);
  await query('SET NAMES utf8mb4');
  // Without strict mode, so that zero dates are taken; another engine than the one asked for is no answer.
  await query("SET SESSION sql_mode='NO_ENGINE_SUBSTITUTION'");
  await query(`ALTER DATABASE ${name} CHARACTER SET utf8mb4`);
  for (const parent of parents) await query(there(parent));
  const recorded: RecordedDefinition[] = [];
  for (const create of creates) {
    const table = /^CREATE (?:TABLE|SEQUENCE) (`(?:[^`]|``)+`|\w+)/.exec(create)?.[1];
    if (table === undefined) throw new Error(create);
    try {
      await query(there(create));
    } catch {
      recorded.push({ create });
      continue;
    }
    const [row] = (await query(`SHOW CREATE TABLE ${table}`)) as Record<string, string>[];
    const definition = row?.['Create Table']?.replaceAll(elsewhere, 'elsewhere').replaceAll(name, 'here');
    recorded.push({ create, ...(definition !== undefined && { definition }) });
    await query(`DROP TABLE ${table}`);
  }
  return recorded;
}

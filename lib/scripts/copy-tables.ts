import { readDefinition } from '../inspect/shape.js';
import type { Session } from '../mysql/session.js';
import { rowsElsewhere } from '../probe/rows-elsewhere.js';

interface Copied {
  made: string[];
  /** Names of tables and foreign keys that a copy must not have, and why. */
  missing: { name: string; why: string }[];
}

/**
 * Makes tables of a schema again, without their rows, in the schema that the session uses. What is done to the copies
 * stays with them: a table whose copy would have the same rows is left out, and so is a foreign key to another schema,
 * whose check locks the rows of a real parent.
 */
export async function copyTables(
  session: Session,
  schema: string,
  tables: readonly string[],
): Promise<Copied> {
  const copied: Copied = { made: [], missing: [] };
  for (const name of tables) {
    const definition = await readDefinition(session, { schema, name });
    if (definition === '') continue;
    const why = rowsElsewhere(definition);
    if (why !== undefined) {
      copied.missing.push({ name, why: `a copy could write to real rows, for ${why}` });
      continue;
    }
    const local = withoutForeignParents(definition);
    await session.execute(local.definition);
    copied.made.push(name);
    for (const key of local.left) {
      copied.missing.push({ name: `${name}.${key}`, why: 'a foreign key to another schema is not copied' });
    }
  }
  return copied;
}

/** SHOW CREATE TABLE writes each foreign key on a line of its own, and the parent's schema where it is another one. */
function withoutForeignParents(definition: string): { definition: string; left: string[] } {
  const left: string[] = [];
  const lines = definition.split('\n').filter((line) => {
    const key = toOtherSchema.exec(line)?.[1];
    if (key !== undefined) left.push(key.replaceAll('``', '`'));
    return key === undefined;
  });
  return { definition: left.length === 0 ? definition : lines.join('\n').replace(/,\n\)/, '\n)'), left };
}

const toOtherSchema =
  /^ {2}CONSTRAINT `((?:[^`]|``)+)` FOREIGN KEY \((?:`(?:[^`]|``)+`(?:, )?)+\) REFERENCES `(?:[^`]|``)+`\./;

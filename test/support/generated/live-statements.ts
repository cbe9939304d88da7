import fc from 'fast-check';
import { quoteName } from '../../../lib/sql/names.js';
import { liveSpec } from './live-clauses.js';
import { columnType, freshName, liveKeyParts, realName } from './live-names.js';
import { liveTables } from './live-tables.js';
import { mutated } from './noise.js';
import { comment, literal } from './spelling.js';

const table = fc.constantFrom(...liveTables);
const named = fc.oneof(
  { weight: 6, arbitrary: table.map(({ name }) => quoteName(name)) },
  fc.constantFrom('extra', '`log_old`', 'ORDERS', 'missing'),
);

const alter = table.chain((on) => liveSpec(on).map((spec) => `ALTER TABLE ${quoteName(on.name)} ${spec}`));

const index = table.chain((on) =>
  fc
    .tuple(
      fc.constantFrom('INDEX', 'UNIQUE INDEX'),
      realName(on.keys),
      liveKeyParts(realName(on.columns)),
      fc.boolean(),
    )
    .map(([kind, name, parts, drops]) =>
      drops
        ? `DROP INDEX ${name} ON ${quoteName(on.name)}`
        : `CREATE ${kind} ${name} ON ${quoteName(on.name)} ${parts}`,
    ),
);

const write = table.chain((on) => {
  const column = realName(on.columns);
  const name = quoteName(on.name);
  return fc.oneof(
    fc.tuple(column, literal).map(([a, b]) => `INSERT INTO ${name} (${a}) VALUES (${b})`),
    fc
      .tuple(column, literal, column, literal)
      .map(([a, b, c, d]) => `UPDATE ${name} SET ${a} = ${b} WHERE ${c} = ${d}`),
    fc.tuple(column, literal).map(([a, b]) => `DELETE FROM ${name} WHERE ${a} = ${b}`),
    fc.constantFrom(
      `DELETE FROM ${name}`,
      `REPLACE INTO ${name} SELECT * FROM ${name}`,
      `TRUNCATE TABLE ${name}`,
    ),
  );
});

const others = fc.oneof(
  fc
    .tuple(named, freshName, columnType)
    .map(([name, a, type]) => `CREATE TABLE ${name} (${a} ${type}, k INT PRIMARY KEY)`),
  fc.tuple(named, named).map(([name, like]) => `CREATE TABLE IF NOT EXISTS ${name} LIKE ${like}`),
  fc.tuple(named, named).map(([name, from]) => `CREATE TABLE ${name} AS SELECT * FROM ${from}`),
  fc
    .tuple(
      fc.constantFrom('DROP TABLE', 'DROP TABLE IF EXISTS'),
      fc.array(named, { minLength: 1, maxLength: 2 }),
    )
    .map(([verb, names]) => `${verb} ${names.join(', ')}`),
  fc.tuple(named, named).map(([from, to]) => `RENAME TABLE ${from} TO ${to}`),
  literal.map((value) => `SET @a = ${value}`),
  fc.constantFrom(
    'SET SESSION sql_mode = DEFAULT',
    'CREATE VIEW v AS SELECT * FROM log',
    'DROP VIEW IF EXISTS v',
  ),
);

/** One statement about the tables of `liveTables`; some are broken. */
export const liveStatement: fc.Arbitrary<string> = fc.oneof(
  { weight: 10, arbitrary: alter },
  { weight: 2, arbitrary: index },
  { weight: 2, arbitrary: write },
  { weight: 2, arbitrary: others },
  mutated(fc.oneof(alter, index, write, others)),
);

/** One statement, or a file of two to five: `count` of them. */
export const liveText: fc.Arbitrary<{ text: string; count: number }> = fc.oneof(
  { weight: 3, arbitrary: liveStatement.map((text) => ({ text, count: 1 })) },
  fc
    .array(fc.tuple(liveStatement, fc.option(comment, { freq: 1 })), { minLength: 2, maxLength: 5 })
    .map((all) => ({
      text: all.map(([sql, said]) => `${sql};\n${said ?? ''}`).join(''),
      count: all.length,
    })),
);

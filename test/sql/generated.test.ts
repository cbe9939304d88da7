import fc from 'fast-check';
import t, { type Test } from 'tap';
import { exitCodes } from '../../lib/exit-code.js';
import { Fault } from '../../lib/fault.js';
import { parseMigration } from '../../lib/sql/migration.js';
import { parseStatements } from '../../lib/sql/parse.js';
import type { Statement } from '../../lib/sql/statement.js';
import { mutated, noise, tokensOf } from '../support/generated/noise.js';
import { generatedRuns } from '../support/generated/runs.js';
import { comment } from '../support/generated/spelling.js';
import { alter, type Generated, plain, statement } from '../support/generated/statements.js';

const { seed, numRuns } = generatedRuns(10_000);
t.comment(`${numRuns} texts, ALTERWISE_TEST_SEED=${seed}`);

/** Holds a property against a part of all the texts. */
function check<T extends unknown[]>(t: Test, part: number, property: fc.IProperty<T>): void {
  const runs = Math.ceil(numRuns * part);
  fc.assert(property, { seed, numRuns: runs });
  t.pass(`${runs} texts`);
}

const readers = [parseStatements, (text: string) => parseMigration(text, 'm.sql')] as const;

t.test('a change of a table is read as it was written, by both readers', async (t) => {
  check(
    t,
    0.2,
    fc.property(alter, (generated) => {
      for (const read of readers) {
        const [only, ...more] = read(generated.sql);
        if (more.length > 0 || only === undefined) throw new Error(`${more.length + 1} statements`);
        mustBe(only, generated);
      }
    }),
  );
});

t.test(
  'another statement is read with the tables that it names, and is no change of one table',
  async (t) => {
    check(
      t,
      0.2,
      fc.property(plain, (generated) => {
        const [only, ...more] = parseMigration(generated.sql, 'm.sql');
        if (more.length > 0 || only === undefined) throw new Error(`${more.length + 1} statements`);
        mustBe(only, generated);
        const fault = endOf(() => parseStatements(generated.sql));
        if (!(fault instanceof Fault) || fault.id !== 'not-an-alter')
          throw new Error(`not refused: ${String(fault)}`);
      }),
    );
  },
);

const between = fc
  .tuple(fc.array(comment, { maxLength: 2 }), fc.constantFrom(';', ' ; ', ';\n', ';;'))
  .map(([comments, end]) => `\n${comments.join('')}${end}${comments.join('')}`);

t.test('a file is split into the statements that it was made of', async (t) => {
  const file = fc.array(fc.tuple(statement, between), { minLength: 2, maxLength: 5 });
  check(
    t,
    0.2,
    fc.property(file, (parts) => {
      mustRead(
        parts.map(([{ sql }, end]) => `${sql}${end}`).join(''),
        parts.map(([generated]) => generated),
      );
    }),
  );
});

t.test('a file with other delimiters is split into the same', async (t) => {
  const delimiter = fc.constantFrom('//', '$$', '|', '~~~');
  const file = fc.array(fc.tuple(statement, delimiter), { minLength: 1, maxLength: 4 });
  check(
    t,
    0.1,
    fc.property(file, (parts) => {
      const usable = parts.filter(([{ sql }, end]) => !sql.includes(end));
      fc.pre(usable.length > 0);
      const text = usable.map(([{ sql }, end]) => `DELIMITER ${end}\n${sql}\n${end}\ndelimiter ;\n`).join('');
      mustRead(
        text,
        usable.map(([generated]) => generated),
      );
    }),
  );
});

t.test('any text gives statements, or a Fault that says what to do', async (t) => {
  const sql = statement.map((generated) => generated.sql);
  const text = fc.oneof(
    { weight: 3, arbitrary: mutated(sql) },
    mutated(fc.array(sql, { minLength: 2, maxLength: 3 }).map((all) => all.join(';'))),
    noise,
  );
  check(
    t,
    0.3,
    fc.property(text, (given) => {
      for (const read of readers) mustEndWell(given, () => read(given));
    }),
  );
});

t.test('a place is that of the whole file, whatever stands before it', async (t) => {
  const before = fc.constantFrom(
    'SET @a = 1;\n',
    'DELIMITER //\nSET @a = 1//\ndelimiter ;\n',
    'delimiter ~\nDROP TABLE a~\n',
  );
  check(
    t,
    0.1,
    fc.property(mutated(statement.map(({ sql }) => sql)), before, (text, first) => {
      const alone = endOf(() => parseMigration(`\n${text}`, 'm.sql'));
      const behind = endOf(() => parseMigration(`${first}\n${text}`, 'm.sql'));
      // Before another delimiter than `;` it may be another statement.
      fc.pre(alone instanceof Fault && behind instanceof Fault && alone.id === behind.id);
      const lines = first.split('\n').length - 1;
      const [is, should] = [lineIn(behind), lineIn(alone)];
      if (is !== undefined && should !== undefined && is !== should + lines)
        throw new Error(`${behind.message}, not ${should} + ${lines}`);
    }),
  );
});

const amplified = fc
  .tuple(
    statement,
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.constantFrom('token', 'statement', 'body'),
  )
  .map(([{ sql }, at, what]) => {
    if (what === 'token') return withOneTokenMany(sql, at);
    const one = what === 'statement' ? `${sql};\n` : `DELIMITER |\n${sql}|\ndelimiter ;\n`;
    return one.repeat(Math.ceil(longLength / one.length));
  });

t.test('the time grows with the length of a text, and not faster', async (t) => {
  let worst = { msPerKb: 0, text: '' };
  check(
    t,
    0.003,
    fc.property(amplified, (text) => {
      for (const read of readers) {
        const msPerKb = Math.min(
          ...[1, 2, 3].map(() => timeOf(() => endOf(() => read(text))) / (text.length / 1024)),
        );
        if (msPerKb > worst.msPerKb) worst = { msPerKb, text };
      }
    }),
  );
  t.comment(`at most ${worst.msPerKb.toFixed(2)} ms for a kB`);
  t.ok(worst.msPerKb < 1, JSON.stringify(worst.text.slice(0, 400)));
});

function isReadable(text: string): boolean {
  return text !== '' && text.length < 400 && !/\p{Cc}/u.test(text);
}

function lineIn({ message }: Fault): number | undefined {
  const line = /line (\d+), column/.exec(message)?.[1];
  return line === undefined ? undefined : Number(line);
}

const longLength = 150_000;

function withOneTokenMany(sql: string, at: number): string {
  const tokens = tokensOf(sql);
  const index = Math.floor(at * tokens.length);
  const token = `${tokens[index] ?? ''}${tokens[index + 1] ?? ''}` || ' ';
  return [
    ...tokens.slice(0, index),
    token.repeat(Math.ceil(longLength / token.length)),
    ...tokens.slice(index),
  ].join('');
}

/** Of the processor: by the clock, a machine that is busy with something else takes longer. */
function timeOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** What a reader throws; nothing where it reads. */
function endOf(read: () => unknown): unknown {
  try {
    read();
    return undefined;
  } catch (error) {
    return error;
  }
}

function mustRead(text: string, generated: readonly Generated[]): void {
  const read = parseMigration(text, 'm.sql');
  if (read.length !== generated.length)
    throw new Error(`${read.length} statements instead of ${generated.length}`);
  for (const [i, each] of generated.entries()) {
    const found = read[i];
    if (found === undefined) throw new Error(`no statement ${i + 1}`);
    mustBe(found, each);
  }
}

function mustBe(read: Statement, { sql, verb, tables }: Generated): void {
  const found =
    read.kind === 'alter'
      ? { sql: read.sql, verb: 'ALTER', tables: [read.table] }
      : { sql: read.sql, verb: read.verb, tables: read.tables.map(({ table }) => table) };
  const [is, should] = [JSON.stringify(found), JSON.stringify({ sql, verb, tables })];
  if (is !== should) throw new Error(`${is} instead of ${should}`);
}

function mustEndWell(text: string, read: () => Statement[]): void {
  const fault = endOf(() => {
    for (const { sql } of read()) {
      if (sql === '' || !text.includes(sql)) throw new Error(`${JSON.stringify(sql)} is no part of the text`);
    }
  });
  if (fault === undefined) return;
  if (!(fault instanceof Fault)) throw fault;
  const { id, exitCode, next = '', message } = fault;
  const helps =
    /^[a-z]+(?:-[a-z]+)*$/.test(id) && exitCode !== exitCodes.bug && isReadable(message) && isReadable(next);
  if (!helps) throw new Error(`no help: ${JSON.stringify({ id, exitCode, message, next })}`);
}

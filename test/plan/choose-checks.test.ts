import t from 'tap';
import type { ServerFacts } from '../../lib/inspect/server.js';
import type { TableFacts } from '../../lib/inspect/table.js';
import { runChecks } from '../../lib/plan/checks/all.js';
import type { Probe } from '../../lib/probe/probe.js';
import type { Tracer } from '../../lib/probe/vectors.js';
import { parseStatements } from '../../lib/sql/parse.js';

const modern = { enforcesChecks: true, version: { text: '8.4.3' }, topology: { galera: false } };
const old = { ...modern, enforcesChecks: false, version: { text: '5.7.22' } };
const quiet: Tracer = { kind: 'known', renames: [], lost: [], rowsGone: false, unchanged: false };

interface Facts {
  alter?: string;
  server?: object;
  tracer?: Tracer;
  /** Columns that are gone under their name. */
  gone?: string[];
  triggers?: string[];
  views?: string[];
  probe?: Probe;
}

/** `id level`, in the order in which they are told. */
function checks({
  alter = 'ADD COLUMN z INT',
  gone = [],
  triggers = [],
  views = [],
  ...facts
}: Facts): string[] {
  const [statement] = parseStatements(`ALTER TABLE t ${alter}`);
  const table = {
    name: { schema: 's', name: 't' },
    triggers: triggers.map((text, index) => ({ name: `tr${index}`, when: 'BEFORE INSERT', statement: text })),
    views: views.map((definition, index) => ({ schema: 's', name: `v${index}`, definition })),
  };
  const difference = {
    definition: true,
    columnsAdded: [],
    columnsDropped: gone.map((name) => ({ name })),
    columnsChanged: [],
    indexesAdded: [],
    indexesDropped: [],
    indexesChanged: [],
  };
  const probe = facts.probe ?? {
    kind: 'applies',
    class: 'instant',
    tracer: facts.tracer ?? quiet,
    difference,
  };
  const found = runChecks({
    server: (facts.server ?? modern) as ServerFacts,
    table: table as unknown as TableFacts,
    statement: statement as NonNullable<typeof statement>,
    probe: probe as Probe,
  });
  return found.map(({ id, level }) => `${id} ${level}`);
}

const cases: Record<string, [facts: Facts, expected: string[]]> = {
  'nothing to say': [{}, []],
  'values lost': [{ tracer: { ...quiet, lost: ['b'] } }, ['values-lost danger']],
  'rows gone': [{ tracer: { ...quiet, rowsGone: true } }, ['rows-gone warning']],
  'values not followed': [{ tracer: { kind: 'unknown', why: 'no rows' } }, ['tracer-unknown unknown']],
  'a trigger names the column': [{ gone: ['b'], triggers: ['SET NEW.b = 1'] }, ['column-mentioned danger']],
  'in quotes and in other letters': [
    { gone: ['b'], triggers: ['SET NEW.`B` = 1'] },
    ['column-mentioned danger'],
  ],
  'a view names it': [
    { gone: ['b'], views: ['select `s`.`t`.`b` AS `c` from `t`'] },
    ['column-mentioned danger'],
  ],
  'as part of another word': [{ gone: ['a'], triggers: ['SET NEW.data = 1'], views: ['select `aa`'] }, []],
  'a name of more than letters': [{ gone: ['a+b'], views: ['select `a+b`'] }, ['column-mentioned danger']],
  'they name another': [{ gone: ['b'], triggers: ['SET NEW.c = 1'] }, []],
  'nothing is gone': [{ triggers: ['SET NEW.b = 1'] }, []],
  Galera: [{ server: { ...modern, topology: { galera: true } } }, ['galera warning']],
  'CHECK on a server that knows it': [{ alter: 'ADD CHECK (a > 0)' }, []],
  'CHECK on one that forgets it': [{ alter: 'ADD CHECK (a > 0)', server: old }, ['check-ignored danger']],
  'with a name': [{ alter: 'ADD CONSTRAINT c CHECK (a > 0)', server: old }, ['check-ignored danger']],
  'two of them': [{ alter: 'ADD CHECK (a > 0), ADD CHECK (b > 0)', server: old }, ['check-ignored danger']],
  'beside something else': [
    { alter: 'ADD CHECK (a > 0), ADD INDEX (b)', server: old },
    ['check-ignored warning'],
  ],
  'within a column': [{ alter: 'ADD COLUMN z INT CHECK (z > 0)', server: old }, ['check-ignored warning']],
  'in a comment or a name': [{ alter: "ADD COLUMN `check` INT COMMENT 'CHECK'", server: old }, []],
  'a foreign key': [{ alter: 'ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES o (id)', server: old }, []],
  'several, in a fixed order': [
    {
      alter: 'ADD CHECK (a > 0), DROP COLUMN b',
      server: { ...old, topology: { galera: true } },
      tracer: { ...quiet, lost: ['c'] },
      gone: ['b'],
      triggers: ['SET NEW.b = 1'],
    },
    ['values-lost danger', 'column-mentioned danger', 'check-ignored warning', 'galera warning'],
  ],
  'in place': [{ probe: { kind: 'in-place', facts: [] } }, []],
};

t.test('what is found dangerous, worth a warning, or unknown', async (t) => {
  for (const [name, [facts, expected]] of Object.entries(cases)) t.same(checks(facts), expected, name);
});

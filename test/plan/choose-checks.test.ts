import t from 'tap';
import { runChecks } from '../../lib/checks/all.js';
import { identify } from '../../lib/inspect/capabilities.js';
import type { ServerFacts } from '../../lib/inspect/server.js';
import type { TableFacts } from '../../lib/inspect/table.js';
import type { Probe } from '../../lib/probe/probe.js';
import type { Tracer } from '../../lib/probe/tracer.js';
import { parseStatements } from '../../lib/sql/parse.js';
import { column } from '../support/columns.js';

const modern = { ...identify('8.4.3'), topology: { galera: false } };
const old = { ...modern, ...identify('5.7.22') };
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
    definition: '',
    triggers: triggers.map((text, index) => ({ name: `tr${index}`, when: 'BEFORE INSERT', statement: text })),
    views: views.map((definition, index) => ({ schema: 's', name: `v${index}`, definition })),
  };
  const columns = gone.map((name) => column(name));
  const was = { definition: '', columns, indexes: [] };
  const difference = {
    definition: true,
    columns: { added: [], dropped: columns, changed: [] },
    indexes: { added: [], dropped: [], changed: [] },
  };
  const probe = facts.probe ?? {
    kind: 'applies',
    class: 'instant',
    tracer: facts.tracer ?? quiet,
    difference,
    before: was,
    after: { ...was, columns: [] },
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
  'values not followed': [{ tracer: { kind: 'unknown', why: 'no rows' } }, ['tracer-unknown unknown']],
  'a trigger names the column': [
    { gone: ['b'], triggers: ['SET NEW.b = 1'] },
    ['column-mentioned danger', 'column-dropped warning'],
  ],
  'in quotes and in other letters': [
    { gone: ['b'], triggers: ['SET NEW.`B` = 1'] },
    ['column-mentioned danger', 'column-dropped warning'],
  ],
  'a view names it': [
    { gone: ['b'], views: ['select `s`.`t`.`b` AS `c` from `t`'] },
    ['column-mentioned danger', 'column-dropped warning'],
  ],
  'as part of another word': [
    { gone: ['a'], triggers: ['SET NEW.data = 1'], views: ['select `aa`'] },
    ['column-dropped warning'],
  ],
  'a name of more than letters': [
    { gone: ['a+b'], views: ['select `a+b`'] },
    ['column-mentioned danger', 'column-dropped warning'],
  ],
  'they name another': [{ gone: ['b'], triggers: ['SET NEW.c = 1'] }, ['column-dropped warning']],
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
    [
      'values-lost danger',
      'column-mentioned danger',
      'column-dropped warning',
      'check-ignored warning',
      'galera warning',
    ],
  ],
  'in place': [{ probe: { kind: 'in-place', facts: [] } }, []],
};

t.test('what is found dangerous, worth a warning, or unknown', async (t) => {
  for (const [name, [facts, expected]] of Object.entries(cases)) t.same(checks(facts), expected, name);
});

import t from 'tap';
import type { Compatibility, PlannedAlter, PlannedPlain } from '../../lib/documents/plan.js';
import { sentence } from '../../lib/plan/sentence.js';
import {
  ghostStatement,
  instantStatement,
  renamedStatement,
  setStatement,
  updateStatement,
} from '../fixtures/plans.js';

const works = (previous: 'yes' | 'maybe' | 'no'): Compatibility => ({
  previousOnNew: { works: previous, reasons: [] },
  newOnPrevious: { works: 'yes', reasons: [] },
  steps: [],
});
const direct = { low: 14_000, high: 56_000 };
const replicas = { replicaDelayMs: direct };
const shop = (name: string) => ({ schema: 'shop', name });

const cases: [Partial<PlannedAlter>, string][] = [
  [
    { ...ghostStatement, compatibility: works('yes') },
    'shop.orders is copied to a shadow table for 12m to 18m while readers and writers continue; at the cut-over they wait for at most 2s; nobody needs to do anything.',
  ],
  [
    { ...renamedStatement, checks: [] },
    'shop.orders is copied to a shadow table for 12m to 18m while readers and writers continue; at the cut-over they wait for at most 2s; replicas fall behind by up to 1.5s; the previous version of the application does not work with it.',
  ],
  [renamedStatement, renamedStatement.sentence],
  [
    { ...instantStatement, compatibility: works('maybe') },
    'shop.customers is locked for a moment while its definition changes (under 1s), and no row is touched; check first what the application does with it.',
  ],
  [
    { strategy: 'copy', class: 'copy', estimate: { rough: true, durationMs: direct, writerStallMs: 56_000 } },
    'shop.customers is copied by the server, and its writers wait for at most 56s while readers continue.',
  ],
  [
    { strategy: 'copy', class: 'shared', estimate: { rough: true } },
    'shop.customers is worked on in place, and its writers wait for an unknown time while readers continue.',
  ],
  [
    { strategy: 'inplace', class: 'scan', estimate: { rough: true, durationMs: direct, ...replicas } },
    'shop.customers is read once for 14s to 56s while readers and writers continue, and is locked for a moment at the start and at the end; replicas fall behind by up to 56s.',
  ],
  [
    { strategy: 'inplace', class: 'rebuild', estimate: { rough: true } },
    'shop.customers is rebuilt for an unknown time while readers and writers continue, and is locked for a moment at the start and at the end.',
  ],
  [
    { strategy: 'refuse', reasons: [{ id: 'x', text: 'Rows\u001b[2J\nwould be lost.' }] },
    'shop.customers stays as it is, because the change is refused: Rows would be lost.',
  ],
  [{ strategy: 'nothing' }, 'Nothing to do: the change of shop.customers is already in place.'],
];

t.test('one sentence for the ticket: what is locked, for how long, who notices', async (t) => {
  for (const [changes, wanted] of cases) t.equal(sentence({ ...instantStatement, ...changes }), wanted);
});

const plain: [Partial<PlannedPlain>, string | RegExp][] = [
  [{}, updateStatement.sentence],
  [
    { verb: 'DELETE', estimate: { rough: true } },
    /^The server examines rows of shop\.customers, and what it deletes stays locked/,
  ],
  [{ verb: 'CREATE TABLE' }, 'shop.customers is created, and nobody notices.'],
  [
    { verb: 'DROP TABLE', touches: [shop('a'), shop('b')] },
    'shop.a, shop.b are dropped with about 12,300 rows and locked for a moment; whoever still uses them gets errors.',
  ],
  [{ verb: 'TRUNCATE TABLE' }, /^Every row of shop\.customers is deleted \(about 12,300 rows\);/],
  [
    { verb: 'RENAME TABLE', touches: [shop('a'), shop('b'), shop('c'), shop('d')] },
    'shop.a is called shop.c, shop.b is called shop.d in a moment; whoever uses an old name gets errors from then on.',
  ],
  [{ verb: 'INSERT' }, /^Rows are written to shop\.customers in one transaction;/],
  [{ verb: 'CREATE', sql: 'CREATE VIEW v AS SELECT 1' }, /^CREATE VIEW v AS SELECT 1 runs as written/],
  [setStatement, setStatement.sentence],
  [{ strategy: 'nothing' }, 'Nothing to do: the change of shop.customers is already in place.'],
];

t.test('one sentence for what runs as it stands', async (t) => {
  for (const [changes, wanted] of plain) t.match(sentence({ ...updateStatement, ...changes }), wanted);
});

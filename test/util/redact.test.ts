import t from 'tap';
import { createRedactor } from '../../lib/util/redact.js';

t.test('secrets', async (t) => {
  const redact = createRedactor(['p@ss.w(rd', '', 'x1']);
  t.equal(redact('stderr', 'a p@ss.w(rd b p@ss.w(rd'), 'a *** b ***');
  t.equal(redact('stdout', 'x1 ax1 x1b (x1)'), '*** ax1 x1b (***)', 'a short one only where it stands alone');
  t.equal(redact('stdout', 'p@ssxw(rd'), 'p@ssxw(rd');
});

t.test('values of rows', async (t) => {
  const redact = createRedactor([]);
  t.equal(redact('stderr', '; args=[1 alice@example.com]'), '; args=***');
  t.equal(redact('stderr', '2026-01-01 00:00:00 INFO next'), '2026-01-01 00:00:00 INFO next');
  t.equal(
    redact('stderr', '2026-01-01 00:00:00 INFO Migration min values: [alice]'),
    '2026-01-01 00:00:00 INFO Migration min values: ***',
  );
  t.equal(
    redact('stderr', '… coords=bin.1:4 range_min=alice range_max=bob iteration=5'),
    '… coords=bin.1:4 range_min=*** range_max=*** iteration=5',
  );
});

t.test('arguments over several lines', async (t) => {
  const redact = createRedactor([]);
  t.equal(
    redact('stderr', '2026-01-01 00:00:00 ERROR x; query=…; args=[1 Dear Sir,'),
    '2026-01-01 00:00:00 ERROR x; query=…; args=***',
  );
  t.equal(redact('stdout', 'Copy: 1/1'), 'Copy: 1/1', 'the other stream is not concerned');
  t.equal(redact('stderr', 'this is a letter'), '***');
  t.equal(redact('stderr', ''), '***');
  t.equal(redact('stderr', 'yours]'), '***');
  t.equal(redact('stderr', '2026-01-01 00:00:01 FATAL y'), '2026-01-01 00:00:01 FATAL y');
  t.equal(redact('stderr', 'shown again'), 'shown again');
});

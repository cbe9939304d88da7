import t from 'tap';
import type { StatementResult } from '../../lib/documents/result.js';
import { resultAsText } from '../fixtures/reports.js';
import { doneResult, resultOf } from '../fixtures/results.js';
import { assertSchema } from '../fixtures/schemas.js';

const result: StatementResult = {
  ...doneResult,
  replicas: [
    { host: 'db2', port: 3306, schema: 'same' },
    { host: '::1', port: 3307, schema: 'same' },
    { host: 'db4', port: 3306, schema: 'behind', detail: 'its replication stands still' },
    { host: 'db5', port: 3306, schema: 'different', detail: 'it has KEY `reports` (`day`)' },
    { port: 3306, schema: 'unreachable', detail: 'its address is not known.' },
  ],
};

t.test('a result says what became of the change on each replica', (t) => {
  const text = resultAsText(resultOf(result), { columns: 120, color: false });
  const lines = text.split('\n').map((line) => line.trim());
  const start = lines.findIndex((line) => line.startsWith('Replicas'));
  t.same(lines.slice(start, start + 4), [
    'Replicas     the change is on db2:3306, [::1]:3307',
    'db4:3306: the change has not arrived: its replication stands still',
    'db5:3306: the table differs: it has KEY `reports` (`day`)',
    'an unknown host, port 3306: could not be checked: its address is not known',
  ]);
  t.notMatch(resultAsText(resultOf(doneResult), { columns: 120, color: false }), 'Replicas');
  t.end();
});

t.test('it keeps to its schema', (t) => {
  assertSchema(t, 'result', resultOf(result));
  t.end();
});

import t from 'tap';
import { errorAsJson, errorAsText } from '../../lib/cli/error.js';

t.test('a connection that is lost while a change is planned is no defect', async (t) => {
  const closed = "Can't add new command when connection is in closed state"; // mysql2's words
  const error = Object.assign(new Error(closed), { fatal: true });
  t.match(errorAsJson(error), { exitCode: 11, error: { id: 'connection-lost' } });
  t.notMatch(errorAsText(error), /defect|at .*error\.test/);
  t.match(errorAsJson(new Error('x')), { exitCode: 1, error: { id: 'defect' } });
});

t.test('an account that has lost its privileges is no defect', (t) => {
  const error = Object.assign(new Error("SHOW command denied to user 'app'"), {
    errno: 1142,
    sqlState: '42000',
  });
  t.match(errorAsJson(error), { exitCode: 11, error: { id: 'access-denied', next: /SHOW GRANTS/ } });
  t.notMatch(errorAsText(error), /defect|at .*error\.test/);
  t.end();
});

/**
 * A run of a migration in a process of its own, which kills itself between two statements: the way that a machine
 * goes away. Its arguments: the file, the state folder, the schema, the server as JSON, and after how many statements.
 */
import { readFileSync } from 'node:fs';
import { run } from '../../lib/run/run.js';
import { parseMigration } from '../../lib/sql/migration.js';
import { requestFor } from '../support/request.js';
import { type Account, connectionTo } from '../support/settings.js';

const [file = '', stateDir = '', schema = '', server = '', after = ''] = process.argv.slice(2);
const account = JSON.parse(server) as Account;
const request = requestFor(account, 'ALTER TABLE t FORCE', {
  connection: connectionTo(account, schema),
  stateDir,
});
let ended = 0;
await run({
  ...request,
  run: `run-${process.pid}`,
  statements: parseMigration(readFileSync(file, 'utf8'), file),
  emit: (event) => {
    if (event.type === 'outcome') ended += 1;
    if (ended === Number(after)) process.kill(process.pid, 'SIGKILL');
  },
});

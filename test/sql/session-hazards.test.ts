import t from 'tap';
import { Fault } from '../../lib/fault.js';
import { parseMigration } from '../../lib/sql/migration.js';

function refusal(text: string): string | undefined {
  try {
    parseMigration(text, 'm.sql');
    return undefined;
  } catch (error) {
    if (error instanceof Fault && error.id === 'not-a-migration') return error.next;
    throw error;
  }
}

t.test('what would leave statements without a commit, or waits without an end, is refused', async (t) => {
  const cases: Record<string, RegExp> = {
    'SET autocommit=0': /autocommit/,
    'SET @OLD=@@autocommit, SESSION autocommit := OFF': /autocommit/,
    'SET @@session.autocommit = @x': /autocommit/,
    '/*!40101 SET @@AUTOCOMMIT=0 */': /autocommit/,
    'SET SESSION lock_wait_timeout = 31536000': /--lock-wait-timeout/,
    'SET @@innodb_lock_wait_timeout=5000': /--lock-wait-timeout/,
    "SET PASSWORD FOR a = 'sesame'": /accounts/,
    'SET DEFAULT ROLE ALL TO a': /accounts/,
    'CREATE TEMPORARY TABLE a (id INT)': /ordinary table/,
    'DROP TEMPORARY TABLE IF EXISTS a': /ordinary table/,
  };
  for (const [text, next] of Object.entries(cases)) t.match(refusal(text), next, text);
});

t.test('other variables may be set', async (t) => {
  const right = [
    'SET autocommit=1',
    'SET @autocommit = 0',
    'SET @old := @@autocommit',
    'SET GLOBAL lock_wait_timeout = 60',
    'SET @@GLOBAL.innodb_lock_wait_timeout = 60',
    "SET NAMES utf8mb4, sql_mode = 'autocommit=0'",
  ];
  for (const text of right) t.equal(refusal(text), undefined, text);
});

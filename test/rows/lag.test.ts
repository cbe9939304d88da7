import t from 'tap';
import { parseVersion } from '../../lib/inspect/capabilities.js';
import type { ServerFacts } from '../../lib/inspect/server.js';
import type { Session } from '../../lib/mysql/session.js';
import { readLag } from '../../lib/rows/source.js';
import { settingsFor } from '../support/settings.js';

const settings = settingsFor({ host: '', port: 0, user: '', password: '' });

/** A replica that answers SHOW REPLICA STATUS like this. */
async function lagOf(answer: readonly object[] | Error): Promise<string[]> {
  const session = {
    rows: async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as Session;
  const server = { flavor: 'mysql', version: parseVersion('9.7.0') } as ServerFacts;
  return (await readLag(session, server, settings, 'db2:3306')).map(({ level, text }) => `${level}: ${text}`);
}

t.test('a replica that lags is said to lag', async (t) => {
  t.same(await lagOf([{ Seconds_Behind_Source: '1' }]), []);
  t.match(await lagOf([{ Seconds_Behind_Source: '0' }, { Seconds_Behind_Source: '75' }]), [
    /^warning: The rows were read on db2:3306, which is 1m 15s behind/,
  ]);
  t.match(await lagOf([{ Seconds_Behind_Source: null }]), [/replication has stopped/]);
  t.match(await lagOf([]), [/follows no other server/]);
  const denied = Object.assign(new Error('denied'), { errno: 1227, code: 'ER_SPECIFIC_ACCESS_DENIED_ERROR' });
  t.match(await lagOf(denied), [/has no privilege/]);
});

import type { Settings } from '../../lib/settings/settings.js';
import { parseMigration } from '../../lib/sql/migration.js';
import type { Schema } from '../servers.js';
import { requestFor, type TestRequest } from './request.js';
import { type Account, connectionTo } from './settings.js';

/** A request for a whole file, whose tables are those of the schema. */
export function migrationFor(
  account: Account,
  schema: Schema,
  text: string,
  changes: Partial<Settings> & Pick<Settings, 'stateDir'>,
): TestRequest {
  const settings = { connection: connectionTo(account, schema.name), ...changes };
  const statements = parseMigration(text, 'test.sql');
  return { ...requestFor(account, 'ALTER TABLE t FORCE', settings), statements };
}

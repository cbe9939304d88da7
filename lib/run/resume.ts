import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { withSession } from '../mysql/session.js';
import type { Request } from '../plan/request.js';
import { findRun, type KnownRun } from '../runs/list.js';
import { isAboutResuming } from '../runs/resuming.js';
import { refuseOtherServer } from '../runs/same-server.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { parseTexts } from '../sql/migration.js';
import type { Statement } from '../sql/statement.js';

/**
 * The statements of a run that died or was stopped, so that another can resume them.
 * @throws {Fault} exit code 2 if it is still running, is done, was for another server or schema, or its statements are not
 * in its record
 */
export async function readResumed(
  stateDir: string,
  named: string,
  connection: ConnectionSettings,
): Promise<{ statements: readonly Statement[]; resumes: NonNullable<Request['resumes']> }> {
  const found = await findRun(stateDir, named);
  const { run, begin } = found;
  refuseEnded(found, connection);
  await withSession(connection, {}, (session) => refuseOtherServer(session, begin));
  const texts = begin.planned.flatMap(({ sql }) => sql ?? []);
  if (texts.length < begin.planned.length) {
    throw notResumed(
      run,
      'not all of its statements are in its record, since they may hold values or a secret',
      'Run the same file or statement again: it continues where it stopped.',
    );
  }
  const planned = begin.planned.map(({ fingerprint, strategy }) => ({ fingerprint, strategy }));
  // What became of the statements since then is another question than the one that was answered.
  const accepted = begin.accepted.filter((id) => !isAboutResuming(id));
  return { statements: parseTexts(texts, `run ${run}`), resumes: { run, planned, accepted } };
}

function refuseEnded({ state, run, exitCode, begin }: KnownRun, { database }: ConnectionSettings): void {
  const { reverts, database: was = 'no default schema' } = begin;
  if (state === 'running') {
    throw notResumed(run, 'it is still running', `alterwise status ${run.slice(0, 8)}`);
  }
  // One of another machine may live: then it holds the table's lock, and this one is refused by it.
  if (reverts !== undefined) {
    throw notResumed(run, `it takes back run ${reverts}`, `alterwise revert ${reverts.slice(0, 8)}`);
  }
  if (exitCode === 0) throw notResumed(run, 'it is done', 'There is nothing left to do.');
  if (begin.database !== database) {
    const next = `Give the same connection settings as then: --database ${was}`;
    throw notResumed(run, `it was run in ${was}`, next);
  }
}

function notResumed(run: string, why: string, next: string): Fault {
  return new Fault(`Cannot resume run ${run}: ${why}.`, {
    id: 'not-resumed',
    exitCode: exitCodes.usage,
    next,
  });
}

import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Session } from '../mysql/session.js';
import type { BeginLine } from './list.js';
import type { RecordedServer } from './record.js';

/** Whether a run worked on the server that is asked. */
export async function serverIdentity(session: Session): Promise<(recorded: RecordedServer) => boolean> {
  const rows = await session.rows<{ Variable_name: string; Value: string }>(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_uuid', 'hostname', 'port')",
  );
  const now = new Map(rows.map(({ Variable_name: name, Value: value }) => [name, value]));
  const uuid = now.get('server_uuid');
  const name = `${now.get('hostname') ?? 'unknown'}:${now.get('port')}`;
  return (recorded) =>
    recorded.uuid !== undefined && uuid !== undefined ? recorded.uuid === uuid : recorded.name === name;
}

/** @throws {Fault} exit code 2 where the run was for another server */
export async function refuseOtherServer(
  session: Session,
  { run, server }: Pick<BeginLine, 'run' | 'server'>,
): Promise<void> {
  const isSame = await serverIdentity(session);
  if (isSame(server)) return;
  throw new Fault(`Run ${run} was for another server: ${server.host}:${server.port} (${server.name}).`, {
    id: 'other-server',
    exitCode: exitCodes.usage,
    next: `Give the same connection settings as then: --host ${server.host} --port ${server.port}`,
  });
}

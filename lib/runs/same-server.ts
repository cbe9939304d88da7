import type { BeginLine, RecordedServer } from '../documents/record.js';
import { type ExitCode, exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Session } from '../mysql/session.js';

/** Tells whether a recorded server is the one of this session. */
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

/** @throws {Fault} exit code 2 if the run was on another server */
export async function refuseOtherServer(
  session: Session,
  { run, server }: Pick<BeginLine, 'run' | 'server'>,
): Promise<void> {
  const isSame = await serverIdentity(session);
  if (isSame(server)) return;
  throw otherServer(
    `Run ${run} was on another server: ${server.host}:${server.port} (${server.name}).`,
    exitCodes.usage,
    `Use the connection settings of that run: --host ${server.host} --port ${server.port}`,
  );
}

export function otherServer(message: string, exitCode: ExitCode, next: string): Fault {
  return new Fault(message, { id: 'other-server', exitCode, next });
}

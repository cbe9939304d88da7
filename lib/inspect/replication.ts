import type { Session } from '../mysql/session.js';
import type { Replica } from './visit-replicas.js';

/** How a replica follows its source. */
export interface Replication {
  /** Both threads run. */
  runs: boolean;
  /** How far it is behind, as it says itself; absent where it stands still. */
  secondsBehind?: number;
  /** That it stays behind on purpose (SOURCE_DELAY). */
  delaySeconds: number;
  /** It leaves schemas or tables out. */
  filters: boolean;
  /** Up to where it has applied the source's binary log. */
  applied?: BinlogPlace;
}

export interface BinlogPlace {
  file: string;
  position: number;
}

type Row = Record<string, unknown>;

/**
 * How a replica follows the server with this id: it may follow more than one.
 * @returns undefined where it does not
 * @throws a server error where the account may not ask (REPLICATION CLIENT)
 */
export async function readReplication(
  session: Session,
  { flavor, version }: Pick<Replica, 'flavor' | 'version'>,
  sourceId: number | undefined,
): Promise<Replication | undefined> {
  const newWords = version.atLeast(8, 0, 22);
  const show =
    flavor === 'mariadb' ? 'SHOW ALL SLAVES STATUS' : newWords ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS';
  const rows = (await session.rows<Row>(show)).map(inNewWords);
  const row =
    rows.find(({ Source_Server_Id }) => Number(Source_Server_Id) === sourceId) ??
    (rows.length === 1 ? rows[0] : undefined);
  if (row === undefined) return undefined;
  const { Seconds_Behind_Source: behind, Relay_Source_Log_File: file } = row;
  return {
    runs: row.Replica_IO_Running === 'Yes' && row.Replica_SQL_Running === 'Yes',
    ...(behind !== null && behind !== undefined && { secondsBehind: Number(behind) }),
    delaySeconds: Number(row.SQL_Delay ?? 0),
    filters: Object.entries(row).some(
      ([name, value]) =>
        /^Replicate_(Wild_)?(Do|Ignore)_/.test(name) && typeof value === 'string' && value !== '',
    ),
    ...(typeof file === 'string' &&
      file !== '' && {
        applied: { file, position: Number(row.Exec_Source_Log_Pos) },
      }),
  };
}

/** The columns were renamed with MySQL 8.0.22; MariaDB has kept the old names. */
function inNewWords(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replaceAll('Master', 'Source').replace('Slave_', 'Replica_'),
      value,
    ]),
  );
}

/** Whether what stands before `place` in the source's binary log has been applied; false where it is not known. */
export function hasApplied({ applied }: Replication, place: BinlogPlace): boolean {
  if (applied === undefined) return false;
  const [its, wanted] = [numberOf(applied.file), numberOf(place.file)];
  return its === wanted ? applied.position >= place.position : its > wanted;
}

/** `bin.000012`: the number grows, and has more digits when it must. */
function numberOf(file: string): number {
  return Number(/\d+$/.exec(file)?.[0] ?? Number.NaN);
}

/**
 * Up to where the server has written its binary log.
 * @returns undefined where the account may not ask (REPLICATION CLIENT), or there is none
 */
export async function readBinlogPlace(
  session: Session,
  { flavor, version }: Pick<Replica, 'flavor' | 'version'>,
): Promise<BinlogPlace | undefined> {
  // MySQL 8.2 has the new words, and 8.4 has no others (manual, "SHOW BINARY LOG STATUS").
  const newWords = flavor === 'mysql' && version.atLeast(8, 2);
  const rows = await session
    .rows<Row>(newWords ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS')
    .catch(() => []);
  const { File: file, Position: position } = rows[0] ?? {};
  return typeof file === 'string' && file !== '' ? { file, position: Number(position) } : undefined;
}

import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';

/** A table whose name gh-ost might have given. */
export interface Candidate extends TableName {
  comment: string;
  createdAt?: string;
  ageSeconds?: number;
  bytes?: number;
}

/** Where the marks are, last: they prove whose the others are. */
export async function readCandidates(session: Session): Promise<Candidate[]> {
  const rows = await session.rows<{
    schema: string;
    name: string;
    comment: string;
    createdAt: string | null;
    ageSeconds: number | null;
    bytes: number | null;
  }>(
    `SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS name, TABLE_COMMENT AS comment,
            CAST(CREATE_TIME AS CHAR) AS createdAt, TIMESTAMPDIFF(SECOND, CREATE_TIME, NOW()) AS ageSeconds,
            DATA_LENGTH + INDEX_LENGTH AS bytes
       FROM information_schema.TABLES
      WHERE TABLE_TYPE='BASE TABLE' AND TABLE_NAME NOT LIKE '%\\_alterwise\\_%'
        AND (TABLE_NAME LIKE '\\_%\\_gho' OR TABLE_NAME LIKE '\\_%\\_ghk' OR TABLE_NAME LIKE '\\_%\\_ghc'
             OR TABLE_NAME LIKE '\\_%\\_del')
      ORDER BY TABLE_SCHEMA, TABLE_NAME LIKE '\\_%\\_ghc', TABLE_NAME`,
  );
  return rows.map(({ schema, name, comment, createdAt, ageSeconds, bytes }) => ({
    schema,
    name,
    comment,
    ...(createdAt !== null && { createdAt }),
    ...(ageSeconds !== null && { ageSeconds: Number(ageSeconds) }),
    ...(bytes !== null && { bytes: Number(bytes) }),
  }));
}

/** Whether it is still the table that was read; where the server gives no time of creation that cannot be told. */
export async function isUnchanged(
  session: Session,
  { schema, name, comment, createdAt }: Candidate,
): Promise<boolean> {
  const [now] = await session.rows<{ comment: string; createdAt: string | null }>(
    `SELECT TABLE_COMMENT AS comment, CAST(CREATE_TIME AS CHAR) AS createdAt
       FROM information_schema.TABLES WHERE TABLE_SCHEMA=? AND TABLE_NAME=?`,
    [schema, name],
  );
  return (
    now !== undefined && createdAt !== undefined && now.comment === comment && now.createdAt === createdAt
  );
}

import type { Check } from '../../../documents/plan.js';
import { Fault } from '../../../fault.js';
import { isSameName } from '../../../sql/names.js';
import { partsOf } from '../../../table/definition.js';
import { chooseSharedKey } from '../../../table/shared-key.js';
import type { Assessment, EngineFacts, Obstacle } from '../../engine.js';
import { type FoundGhost, findGhost } from '../binary/find.js';
import { type EarlierCopy, readEarlierCopy } from '../resume.js';
import { shadowTables } from '../tables/names.js';
import { type GhostFacts, obstaclesOf } from './facts.js';
import { servability } from './servability.js';
import { nameObstacles, neighbourQuery, serverObstacles } from './server.js';
import { alterObstacles, ghostStatement } from './statement.js';
import { columnObstacles, keyObstacles, tableObstacles } from './table.js';

/** Whether gh-ost can make this change here: the binary, the pair of versions, the server, the table, the account. */
export async function assessGhost(asked: EngineFacts): Promise<Assessment> {
  const after = asked.probe.kind === 'applies' ? asked.probe.after.definition : undefined;
  const earlier = await earlierCopy(asked);
  const facts = { ...asked, earlier, statement: ghostStatement(asked.statement, asked.table.columns, after) };
  const binary = await findBinary(facts.settings.ghost.path);
  if ('obstacle' in binary) return { obstacles: [binary.obstacle], warnings: [] };
  const serves = servability(binary.version, facts.server);
  const pair: Obstacle[] = serves.ok ? [] : [{ ...serves.reason, next: serves.next, kind: 'environment' }];
  const warnings: Check[] = serves.ok && serves.warning ? [{ ...serves.warning, level: 'warning' }] : [];
  const found = [
    ...pair,
    ...obstacles(await ghostFacts(facts)),
    ...renameObstacles(facts),
    ...lockObstacles(facts),
  ];
  return {
    obstacles: found,
    warnings: [...warnings, ...checkNames(facts), ...jsonDecimals(facts), ...goesOn(earlier)],
    binary,
    spec: facts.statement.spec,
    ...keyOf(facts),
  };
}

async function ghostFacts({
  session,
  server,
  table,
  privileges,
  statement,
  probe,
  earlier,
}: EngineFacts & { earlier: EarlierCopy | undefined }): Promise<GhostFacts> {
  const [row] = await session.rows<{ mode: string; zone: string; system: string }>(
    'SELECT @@GLOBAL.sql_mode AS mode, @@GLOBAL.time_zone AS zone, @@GLOBAL.system_time_zone AS `system`',
  );
  const shadows = new Set<string>(Object.values(shadowTables(table.name.name)));
  const { sql, values } = neighbourQuery(table.name);
  const neighbours = await session.rows<{ name: string }>(sql, values);
  return {
    statement,
    table,
    ...(probe.kind === 'applies' && { after: probe.after }),
    server,
    sqlMode: row?.mode ?? '',
    utc: isUtc(row?.zone === 'SYSTEM' ? row.system : row?.zone),
    neighbours: neighbours
      .map(({ name }) => name)
      .filter((name) => earlier === undefined || !shadows.has(name)),
    grants: privileges.grants,
    account: privileges.account,
  };
}

/** While another run of ours is at work on the table, its copy is no leftover. */
async function earlierCopy({ session, table, settings }: EngineFacts): Promise<EarlierCopy | undefined> {
  const earlier = await readEarlierCopy(session, table.name, settings.stateDir);
  return earlier?.isAtWork ? undefined : earlier;
}

function goesOn(earlier: EarlierCopy | undefined): Check[] {
  if (earlier === undefined) return [];
  const how =
    earlier.lost === undefined ? 'resumes it if the change is the same' : `starts over: ${earlier.lost}`;
  return [
    {
      id: 'earlier-copy',
      level: 'warning',
      text: `Run ${earlier.run} died and left a copy of this table; a run of this change ${how}.`,
    },
  ];
}

/** GMT is not meant: London is there in winter only. */
function isUtc(zone: string | undefined): boolean {
  return ['UTC', 'UCT', 'Etc/UTC', '+00:00', '-00:00'].includes(zone ?? '');
}

function keyOf({ table, probe }: EngineFacts): { key?: string } {
  const key = chooseSharedKey(table, probe.kind === 'applies' ? probe.after : table);
  return key === undefined ? {} : { key: key.before.name };
}

/** gh-ost trusts the renames that it reads (--approve-renamed-columns): tracer rows have to prove them. */
function renameObstacles({ statement, probe }: EngineFacts): Obstacle[] {
  if (statement.renames.length === 0) return [];
  const followed = probe.kind === 'applies' && probe.tracer.kind === 'known' ? probe.tracer.renames : [];
  const unproved = statement.renames.filter(
    ({ from, to }) => !followed.some((rename) => isSameName(rename.from, from) && isSameName(rename.to, to)),
  );
  return unproved.map(({ from, to }) => ({
    id: 'ghost-rename-unproved',
    text: `it could not be proved on an empty clone that the values of ${from} arrive in ${to}.`,
    next: 'Rename the column in a statement of its own, and change it in another.',
    kind: 'danger',
  }));
}

/** From 1.1.10 on gh-ost wants to see metadata locks before it cuts over; alterwise switches the instrument on for it. */
function lockObstacles({ server, privileges }: EngineFacts): Obstacle[] {
  const applies = !server.metadataLocksVisible && !privileges.has('UPDATE', 'performance_schema');
  const text =
    'The server does not show metadata locks, and this account may not switch their instrument on.';
  const next = `GRANT SELECT, UPDATE ON performance_schema.* TO ${privileges.account}`;
  return obstaclesOf('environment', [[applies, 'ghost-metadata-locks', text, next]]);
}

/** CREATE TABLE … LIKE, by which gh-ost makes its table, gives every CHECK a new name. */
function checkNames({ table }: EngineFacts): Check[] {
  if (partsOf(table.definition, 'check').length === 0) return [];
  return [
    {
      id: 'ghost-check-names',
      level: 'warning',
      text: 'The CHECK constraints will have other names after the cut-over: gh-ost creates the shadow table by CREATE TABLE … LIKE.',
      fix: 'Name them in later statements as SHOW CREATE TABLE shows them then.',
    },
  ];
}

/** Measured with gh-ost 1.1.10: `{"price": 9.90}` in a row that is written meanwhile arrives as `{"price": "9.90"}`. */
function jsonDecimals({ table }: EngineFacts): Check[] {
  const column = table.columns.find(({ dataType }) => dataType === 'json');
  if (column === undefined) return [];
  return [
    {
      id: 'ghost-json-decimals',
      level: 'warning',
      text: `Decimals in ${column.name} arrive as strings in rows that are written while gh-ost copies. The comparison before the cut-over finds them, and then no cut-over is made (exit code 8).`,
      fix: 'Make the change while no such documents are written, or use --strategy direct at a quiet hour.',
    },
  ];
}

async function findBinary(path: string | undefined): Promise<FoundGhost | { obstacle: Obstacle }> {
  try {
    return await findGhost(path);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return {
      obstacle: {
        id: error.id,
        text: error.message,
        next: error.next ?? 'alterwise gh-ost install',
        kind: 'environment',
      },
    };
  }
}

/** Everything that stands in gh-ost's way: what it refuses, and what it does not look at and should. Pure. */
export function obstacles(facts: GhostFacts): Obstacle[] {
  return [
    ...alterObstacles(facts),
    ...keyObstacles(facts),
    ...columnObstacles(facts),
    ...tableObstacles(facts),
    ...nameObstacles(facts),
    ...serverObstacles(facts),
  ];
}

import { createConnection } from 'mysql2/promise';
import { compareWithTruth, type LoadReport } from '../load/index.js';
import type { Ended } from '../support/ghost-cli.js';
import type { Cell } from './fault.js';
import { changes, type Scene } from './scene.js';

/** What is wrong where the run ended before the fault. */
export const tooLate = 'the moment did not come';

export interface SeenEnd extends Ended {
  /** It was ended by the test, after long. */
  hung?: true;
}

/** All that was seen of a run with a fault, and of the run after it. */
export interface Seen {
  /** Whether the moment came at all. */
  came: boolean;
  first: SeenEnd;
  /** gh-ost processes that stayed. */
  ghosts: number;
  definition: string;
  beside: readonly string[];
  folders: readonly string[];
  second: SeenEnd;
  /** Whether `clean` had to go before it. */
  cleanedFirst: boolean;
  /** What `clean` leaves beside the table, but for originals that are kept. */
  stays: readonly string[];
  definitionAtLast: string;
  load: LoadReport;
}

export interface Judgement {
  told: string;
  database: string;
  rows: string;
  left: readonly string[];
  again: string;
  /** What is not as it must be. */
  wrong: readonly string[];
  /** For who wants to know more. */
  says?: string;
}

interface Told {
  exitCode?: number;
  outcome?: string;
  reason?: string;
  left: readonly string[];
  oldTable?: string;
  text?: string;
}

type Stands = 'before' | 'after' | 'other' | 'after and other' | 'gone';

/** Holds what was told against what is so. */
export async function judge(cell: Cell, scene: Scene, seen: Seen): Promise<Judgement> {
  const told = read(seen.first);
  const stands = standing(cell, seen.definition);
  const rows = await rowsOf(cell, scene, seen);
  const second = read(seen.second);
  const unproved = told.reason === 'swap-unproved';
  // Nobody was left to say that gh-ost died in the instant of its swap.
  const untold = cell.fault.killsAlterwise === true && stands === 'after';
  const wrong = [
    ...(seen.came ? [] : [tooLate]),
    ...(seen.first.hung ? ['alterwise did not end'] : []),
    ...(cell.fault.killsAlterwise ? [] : outcomeWrong(cell, told, stands)),
    ...(seen.ghosts > 0 ? ['gh-ost lives on'] : []),
    ...(rows === asWritten ||
    cell.fault.destroys === 'rows' ||
    cell.fault.destroys === 'table' ||
    unproved ||
    untold
      ? []
      : [`rows: ${rows}`]),
    ...(cell.fault.killsAlterwise ? [] : leftWrong(scene, told, seen)),
    ...staysWrong(cell, told, seen),
    ...secondWrong(cell, second, standing(cell, seen.definitionAtLast)),
  ];
  const text = told.text ?? second.text;
  return {
    told: words(told),
    database: stands,
    rows,
    left: seen.beside.map((name) => name.replaceAll(scene.table.schema, 'shop')),
    again: `${seen.cleanedFirst ? 'after clean: ' : ''}${words(second)}`,
    wrong,
    ...(text !== undefined && { says: text.replaceAll(scene.table.schema, 'shop') }),
  };
}

const asWritten = 'as written';

function read({ code: ended, signal, stdout, stderr, hung }: SeenEnd): Told {
  if (hung && stdout === '') return { left: [], outcome: 'nothing', text: stderr.slice(-600) };
  if (ended === null && !hung) return { left: [], outcome: `died of ${signal}` };
  try {
    const {
      statements,
      error,
      exitCode: code,
    } = JSON.parse(stdout) as {
      exitCode: number;
      statements?: {
        outcome: string;
        reason: { id: string; text: string };
        state: string;
        left?: string[];
        oldTable?: string;
      }[];
      error?: { id: string; text: string };
    };
    if (error !== undefined)
      return { exitCode: code, outcome: 'error', reason: error.id, left: [], text: error.text };
    const [result] = statements ?? [];
    if (result === undefined) return { exitCode: code, left: [], outcome: 'no result' };
    const { outcome, reason, left = [], oldTable, state } = result;
    return {
      exitCode: code,
      outcome,
      reason: reason.id,
      left,
      text: `${reason.text} ${state}`,
      ...(oldTable !== undefined && { oldTable }),
    };
  } catch {
    return {
      ...(ended !== null && { exitCode: ended }),
      left: [],
      outcome: 'no JSON',
      text: `${stdout.slice(-400)} ${stderr.slice(-800)}`,
    };
  }
}

function words({ outcome = '', exitCode, reason }: Told): string {
  if (exitCode === undefined) return outcome;
  const why = reason === undefined || reason === outcome ? '' : `: ${reason}`;
  return `${outcome} (${exitCode})${why}`;
}

function standing({ engine, fault }: Cell, definition: string): Stands {
  if (definition === '') return 'gone';
  const isAfter = changes[engine].after.test(definition);
  if (fault.destroys === 'definition' && definition.includes('`other`'))
    return isAfter ? 'after and other' : 'other';
  return isAfter ? 'after' : 'before';
}

function outcomeWrong({ fault }: Cell, told: Told, stands: Stands): string[] {
  const { outcome, exitCode } = told;
  const says = `told ${words(told)}, the table is ${stands}`;
  if (exitCode === undefined || exitCode === 1) return [says];
  if (outcome === 'no JSON' || outcome === 'no result') return [says];
  if (outcome === 'unknown') return [];
  if (fault.destroys === 'definition' || fault.destroys === 'table') {
    return outcome === 'done' && !stands.startsWith('after') ? [says] : [];
  }
  if (outcome === 'done' || outcome === 'nothing') return stands === 'after' ? [] : [says];
  if (outcome === 'verification-failed' && told.oldTable !== undefined)
    return stands === 'after' ? [] : [says];
  return stands === 'before' ? [] : [says];
}

function leftWrong({ table }: Scene, { left, oldTable }: Told, { beside, folders }: Seen): string[] {
  const named = new Set([...left, ...(oldTable === undefined ? [] : [oldTable])]);
  const isNamed = (name: string) => named.has(name) || named.has(name.replace(`${table.schema}.`, ''));
  const unnamed = beside.filter((name) => !isNamed(name));
  return [
    ...(unnamed.length > 0 ? [`left and not named: ${unnamed.join(', ')}`] : []),
    ...(folders.length > 0 ? [`folders left: ${folders.join(', ')}`] : []),
  ];
}

function staysWrong({ fault }: Cell, { oldTable }: Told, { stays }: Seen): string[] {
  const wrong = stays.filter((each) => !(fault.keepsNoRecord && each === `${oldTable} (not-ours)`));
  return wrong.length > 0 ? [`after clean: ${wrong.join(', ')}`] : [];
}

function secondWrong({ fault }: Cell, second: Told, stands: Stands): string[] {
  if (fault.destroys === 'table' && stands === 'gone') return [];
  const isOver = second.exitCode === 0 && (stands === 'after' || fault.destroys === 'definition');
  return isOver ? [] : [`the second run: ${words(second)} ${second.text ?? ''}, the table is ${stands}`];
}

async function rowsOf({ fault }: Cell, scene: Scene, { definitionAtLast, load }: Seen): Promise<string> {
  if (definitionAtLast === '') return 'gone';
  const { server, table } = scene;
  const connection = await createConnection({
    host: '127.0.0.1',
    port: server.port,
    user: 'root',
    password: server.password,
  });
  try {
    const { lost, doubled, different } = await compareWithTruth(connection, table, load);
    if (fault.destroys === 'rows' && lost > 0) return 'gone';
    return lost + doubled + different === 0
      ? asWritten
      : `${lost} lost, ${doubled} doubled, ${different} different`;
  } finally {
    connection.destroy();
  }
}

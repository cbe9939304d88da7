import type { CostClass, DurationRange, Estimate, PlannedAlter, PlannedPlain } from '../documents/plan.js';
import { tableLabel } from '../sql/names.js';
import { humanMs, humanRange, oneLine, rowCountText } from '../text/human.js';
import { subjectOf } from '../text/labels.js';

/** One plain sentence for the ticket: what is locked, for how long, and who notices. */
export function sentence(statement: Omit<PlannedAlter, 'sentence'> | Omit<PlannedPlain, 'sentence'>): string {
  const subject = subjectOf(statement);
  if (statement.strategy === 'nothing') return `Nothing to do: the change of ${subject} is already in place.`;
  if (statement.strategy === 'refuse') {
    const why = oneLine(statement.reasons[0]?.text ?? 'see the checks').replace(/\.$/, '');
    return `${subject} stays as it is, because the change is refused: ${why}.`;
  }
  return statement.kind === 'alter' ? alterSentence(statement) : plainSentence(statement);
}

type Alter = Omit<PlannedAlter, 'sentence'>;

/** Of a change that is made: how, how long, who waits, how far replicas fall behind, who has to do something. */
function alterSentence(statement: Alter): string {
  const parts = [work(statement), replicas(statement.estimate), whoActs(statement)];
  return `${parts.filter((part) => part !== undefined).join('; ')}.`;
}

function work(statement: Alter): string {
  const { strategy, class: cost, estimate } = statement;
  const table = oneLine(tableLabel(statement.table));
  const time = lasting(estimate.durationMs);
  if (strategy === 'gh-ost') {
    const copied = `${table} is copied to a shadow table ${time} while readers and writers continue`;
    return `${copied}; at the cut-over they wait for ${atMost(estimate.writerStallMs)}`;
  }
  if (strategy === 'copy') {
    const what = cost === 'shared' ? 'worked on in place' : 'copied by the server';
    return `${table} is ${what}, and its writers wait for ${atMost(estimate.writerStallMs)} while readers continue`;
  }
  if (strategy === 'inplace') {
    const what = inPlace[cost] ?? 'copied by the server';
    return `${table} is ${what} ${time} while readers and writers continue, and is locked for a moment at the start and at the end`;
  }
  return `${table} is locked for a moment while its definition changes (${took(estimate.durationMs)}), and no row is touched`;
}

const inPlace: Partial<Record<CostClass, string>> = { scan: 'read once', rebuild: 'rebuilt' };

function lasting(durationMs: DurationRange | undefined): string {
  if (durationMs === undefined) return 'for an unknown time';
  return `for ${humanRange(durationMs)}`.replace(/^for under/, 'for less than');
}

function took(durationMs: DurationRange | undefined): string {
  return durationMs === undefined ? 'for how long is unknown' : humanRange(durationMs);
}

function atMost(ms: number | undefined): string {
  return ms === undefined ? 'an unknown time' : `at most ${humanMs(ms)}`;
}

/** Absent if none follow, or the change is too short to matter. */
function replicas({ replicaDelayMs }: Estimate): string | undefined {
  if (replicaDelayMs === undefined || replicaDelayMs.high < 1000) return undefined;
  return `replicas fall behind by up to ${humanMs(replicaDelayMs.high)}`;
}

/** Who notices, and whether anybody has something to do: the application, if its previous version breaks. */
function whoActs({ compatibility, checks }: Alter): string | undefined {
  if (checks.some(({ accepted }) => accepted)) return 'a danger was accepted; someone must own that decision';
  switch (compatibility?.previousOnNew.works) {
    case 'yes':
      return 'nobody needs to do anything';
    case 'maybe':
      return 'check first what the application does with it';
    case 'no':
      return 'the previous version of the application does not work with it';
    default:
      return undefined;
  }
}

/** Of a statement of a migration that runs as written. */
function plainSentence({ verb, touches, estimate, sql }: Omit<PlannedPlain, 'sentence'>): string {
  const names = touches.map((table) => oneLine(tableLabel(table)));
  const tables = names.length === 0 ? 'what its text names' : names.join(', ');
  const rows = rowCountText(estimate);
  const looks = `The server examines ${rows ?? 'rows'} of ${tables}`;
  switch (verb) {
    case 'CREATE TABLE':
      return `${tables} is created, and nobody notices.`;
    case 'DROP TABLE':
      return `${tables} ${be(names)} dropped${rows === undefined ? '' : ` with ${rows}`} and locked for a moment; whoever still uses ${them(names)} gets errors.`;
    case 'TRUNCATE TABLE':
      return `Every row of ${tables} is deleted${rows === undefined ? '' : ` (${rows})`}; it is locked for a moment, and its readers find it empty.`;
    case 'RENAME TABLE':
      return `${renames(names)} in a moment; whoever uses an old name gets errors from then on.`;
    case 'INSERT':
    case 'REPLACE':
      return `Rows are written to ${tables} in one transaction; readers continue, and only writers of the same rows wait until it ends.`;
    case 'UPDATE':
      return `${looks}, and what it updates stays locked until it ends; readers continue, writers of these rows wait.`;
    case 'DELETE':
      return `${looks}, and what it deletes stays locked until it ends; readers continue, writers of these rows wait.`;
    case 'SET':
      return `A setting changes (${oneLine(sql, 60)}), and no table is locked.`;
    default:
      return `${oneLine(sql, 60).replace(/[.;]$/, '')} runs as written, with bounded waits for locks.`;
  }
}

/** First the old names, then the new ones. */
function renames(names: readonly string[]): string {
  const half = names.length / 2;
  const pairs = names.slice(0, half).map((name, i) => `${name} is called ${names[half + i] ?? '?'}`);
  return pairs.join(', ');
}

function be(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are';
}

function them(names: readonly string[]): string {
  return names.length === 1 ? 'it' : 'them';
}

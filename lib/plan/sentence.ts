import type { CostClass, PlannedAlter, PlannedPlain, StrategyName } from '../documents/plan.js';
import { tableLabel } from '../sql/names.js';
import { humanMs, humanRange, oneLine, rowCountText } from '../text/human.js';
import { subjectOf } from '../text/labels.js';

type Alter = Omit<PlannedAlter, 'sentence'>;
type Plain = Omit<PlannedPlain, 'sentence'>;

/** One plain sentence for the ticket: what is locked, for how long, and who notices. */
export function sentence(statement: Alter | Plain): string {
  const subject = subjectOf(statement);
  if (statement.strategy === 'nothing') return `Nothing to do: the change of ${subject} is already in place.`;
  if (statement.strategy === 'refuse') {
    const why = oneLine(statement.reasons[0]?.text ?? 'see the checks').replace(/\.$/, '');
    return `${subject} stays as it is, because the change is refused: ${why}.`;
  }
  return statement.kind === 'alter' ? alterSentence(statement) : plainSentence(statement);
}

/** Of a change that is made: how, how long, who waits, how far replicas fall behind, who has to do something. */
function alterSentence(statement: Alter): string {
  const { replicaDelayMs } = statement.estimate;
  const lags = replicaDelayMs !== undefined && replicaDelayMs.high >= 1000;
  const parts = [
    workOf(statement),
    lags ? `replicas fall behind by up to ${humanMs(replicaDelayMs.high)}` : undefined,
    whoActs(statement),
  ];
  return `${parts.filter((part) => part !== undefined).join('; ')}.`;
}

function workOf({ table, strategy, class: cost, estimate: { durationMs, writerStallMs } }: Alter): string {
  const name = oneLine(tableLabel(table));
  const took = durationMs === undefined ? 'for how long is unknown' : humanRange(durationMs);
  const time =
    durationMs === undefined ? 'for an unknown time' : `for ${took.replace(/^under/, 'less than')}`;
  const stall = writerStallMs === undefined ? 'an unknown time' : `at most ${humanMs(writerStallMs)}`;
  const goOn = 'while readers and writers continue';
  const [inPlace, copied] = [
    inPlaceWords[cost] ?? byServer,
    cost === 'shared' ? 'worked on in place' : byServer,
  ];
  const works: Partial<Record<StrategyName, string>> = {
    'gh-ost': `copied to a shadow table ${time} ${goOn}; at the cut-over they wait for ${stall}`,
    copy: `${copied}, and its writers wait for ${stall} while readers continue`,
    inplace: `${inPlace} ${time} ${goOn}, and is locked for a moment at the start and at the end`,
    instant: `locked for a moment while its definition changes (${took}), and no row is touched`,
  };
  return `${name} is ${works[strategy] ?? 'changed'}`;
}

const byServer = 'copied by the server';
const inPlaceWords: Partial<Record<CostClass, string>> = {
  scan: 'read once',
  rebuild: 'rebuilt',
};

/** Who notices, and whether anybody has something to do: the application, if its previous version breaks. */
function whoActs({ compatibility, checks }: Alter): string | undefined {
  if (checks.some(({ accepted }) => accepted)) return 'a danger was accepted; someone must own that decision';
  const works = compatibility?.previousOnNew.works;
  return works && actions[works];
}

const actions = {
  yes: 'nobody needs to do anything',
  maybe: 'check first what the application does with it',
  no: 'the previous version of the application does not work with it',
} as const;

/** Of a statement of a migration that runs as written. */
function plainSentence({ verb, touches, estimate, sql }: Plain): string {
  const names = touches.map((table) => oneLine(tableLabel(table)));
  const tables = names.length === 0 ? 'what its text names' : names.join(', ');
  const [are, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them'];
  const rows = rowCountText(estimate);
  const wait = 'stays locked until it ends; readers continue, writers of these rows wait.';
  switch (verb) {
    case 'CREATE TABLE':
      return `${tables} is created, and nobody notices.`;
    case 'DROP TABLE':
      return `${tables} ${are} dropped${rows === undefined ? '' : ` with ${rows}`} and locked for a moment; whoever still uses ${them} gets errors.`;
    case 'TRUNCATE TABLE':
      return `Every row of ${tables} is deleted${rows === undefined ? '' : ` (${rows})`}; it is locked for a moment, and its readers find it empty.`;
    case 'RENAME TABLE': {
      // First the old names, then the new ones.
      const half = names.length / 2;
      const pairs = names.slice(0, half).map((name, i) => `${name} is called ${names[half + i] ?? '?'}`);
      return `${pairs.join(', ')} in a moment; whoever uses an old name gets errors from then on.`;
    }
    case 'INSERT':
    case 'REPLACE':
      return `Rows are written to ${tables} in one transaction; readers continue, and only writers of the same rows wait until it ends.`;
    case 'UPDATE':
    case 'DELETE':
      return `The server examines ${rows ?? 'rows'} of ${tables}, and what it ${verb.toLowerCase()}s ${wait}`;
    case 'SET':
      return `A setting changes (${oneLine(sql, 60)}), and no table is locked.`;
    default:
      return `${oneLine(sql, 60).replace(/[.;]$/, '')} runs as written, with bounded waits for locks.`;
  }
}

import { humanMs, humanRange, oneLine } from '../human.js';
import type { CostClass, DurationRange, Estimate, PlannedAlter } from '../plan.js';
import { tableLabel } from '../table-label.js';

type Alter = Omit<PlannedAlter, 'sentence'>;

/** Of a change that is made: how, how long, who stands still, how far replicas fall behind, who has to do something. */
export function alterSentence(statement: Alter): string {
  const parts = [work(statement), replicas(statement.estimate), whoActs(statement)];
  return `${parts.filter((part) => part !== undefined).join('; ')}.`;
}

function work(statement: Alter): string {
  const { strategy, class: cost, estimate } = statement;
  const table = oneLine(tableLabel(statement.table));
  const time = lasting(estimate.durationMs);
  if (strategy === 'gh-ost') {
    const copied = `${table} is copied beside itself ${time} while readers and writers go on`;
    return `${copied}; at the swap they stand still for ${atMost(estimate.writerStallMs)}`;
  }
  if (strategy === 'copy') {
    const what = cost === 'shared' ? 'worked on in place' : 'copied by the server';
    return `${table} is ${what}, and its writers stand still for ${atMost(estimate.writerStallMs)} while readers go on`;
  }
  if (strategy === 'inplace') {
    const what = inPlace[cost] ?? 'copied by the server';
    return `${table} is ${what} ${time} while readers and writers go on, and is locked for a moment at the start and at the end`;
  }
  return `${table} is locked for a moment while its definition changes (${took(estimate.durationMs)}), and no row is touched`;
}

const inPlace: Partial<Record<CostClass, string>> = { scan: 'read once', rebuild: 'written anew' };

function lasting(durationMs: DurationRange | undefined): string {
  if (durationMs === undefined) return 'for a time that is not known';
  return `for ${humanRange(durationMs)}`.replace(/^for under/, 'for less than');
}

function took(durationMs: DurationRange | undefined): string {
  return durationMs === undefined ? 'how long is not known' : humanRange(durationMs);
}

function atMost(ms: number | undefined): string {
  return ms === undefined ? 'a time that is not known' : `at most ${humanMs(ms)}`;
}

/** Absent where none follow, or the change is too short to matter. */
function replicas({ replicaDelayMs }: Estimate): string | undefined {
  if (replicaDelayMs === undefined || replicaDelayMs.high < 1000) return undefined;
  return `replicas fall behind by up to ${humanMs(replicaDelayMs.high)}`;
}

/** Who notices, and whether anybody has something to do: the application, where its previous version breaks. */
function whoActs({ compatibility, checks }: Alter): string | undefined {
  if (checks.some(({ accepted }) => accepted))
    return 'a danger was accepted, and somebody has to stand for it';
  switch (compatibility?.previousOnNew.works) {
    case 'yes':
      return 'nobody needs to do anything';
    case 'maybe':
      return 'what the application does with it has to be looked at first';
    case 'no':
      return 'the previous version of the application does not work with it';
    default:
      return undefined;
  }
}

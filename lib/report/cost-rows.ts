import type { Estimate, PlannedStatement, StrategyName } from '../documents/plan.js';
import { writesRows } from '../sql/statement.js';
import { counted, humanBytes, humanMs, humanRange, rowCountText } from '../text/human.js';
import { type Row, rowOf } from './view.js';

/** How large the table is; of a plain statement how many rows it is about. */
export function sizeRows(statement: PlannedStatement): Row[] {
  const { kind, estimate } = statement;
  if (kind === 'alter') return rowOf('Table', sizeText(estimate));
  const rows = rowCountText(estimate);
  return rowOf('Table', rows && writesRows(statement.verb) ? `the server looks at ${rows}` : rows);
}

/** How long it takes, what is locked, what becomes of replicas; nothing where no statement is run. */
export function costRows(statement: PlannedStatement): Row[] {
  const { kind, strategy, estimate } = statement;
  if (strategy === 'nothing' || strategy === 'refuse') return [];
  return [
    ...rowOf('Takes', kind === 'alter' || estimate.durationMs ? takesText(estimate) : undefined),
    ...rowOf('Locks', lockText(statement)),
    ...rowOf('Swap', swapText(statement)),
    ...rowOf('Replicas', replicaText(estimate)),
  ];
}

function sizeText(estimate: Estimate): string {
  const { dataBytes, indexBytes, writesPerSecond } = estimate;
  const bytes = (size: number | undefined) => (size === undefined ? '?' : humanBytes(size));
  const writes = writesPerSecond === undefined ? '' : `, ${rate(writesPerSecond)} changed a second now`;
  return `${rowCountText(estimate) ?? 'rows: ?'}, data ${bytes(dataBytes)}, indexes ${bytes(indexBytes)}${writes}`;
}

function rate(perSecond: number): string {
  return perSecond > 0 && perSecond < 1 ? 'under 1 row' : counted(perSecond, 'row');
}

function takesText(estimate: Estimate): string {
  const { durationMs, diskBytes, binlogBytes } = estimate;
  const duration = durationMs === undefined ? '? (not known)' : humanRange(durationMs);
  const origin = originText(estimate);
  const disk = diskBytes === undefined ? '' : `, disk ${humanBytes(diskBytes)}`;
  const binlog = binlogBytes === undefined ? '' : `, binary log ${humanBytes(binlogBytes)}`;
  return `${duration}${origin === '' ? '' : ` (${origin})`}${disk}${binlog}`;
}

/** Where the forecast is from; of what takes no time nobody asks. */
function originText({ durationMs, rough, sampledRows, corrected }: Estimate): string {
  if (durationMs === undefined || durationMs.high < 1000) return '';
  const sampled = sampledRows === undefined ? '' : `by a sample of ${counted(sampledRows, 'row')}`;
  const runs =
    corrected === undefined
      ? ''
      : `corrected by ${corrected.factor.toFixed(2)} after ${counted(corrected.runs, 'run')} on this server`;
  const measured = [sampled, runs].filter(Boolean).join(', ');
  return measured !== '' ? measured : rough ? 'roughly, not measured' : '';
}

const locks: Readonly<Record<StrategyName, string>> = {
  nothing: 'none',
  instant: 'the whole table, for a moment',
  inplace: 'the whole table for a moment at the start and at the end; readers and writers go on in between',
  copy: 'writers, for as long as it takes; readers go on',
  'gh-ost': 'none while rows are copied; the whole table for a moment at the swap',
  plain: 'as the server does for such a statement; waits are bounded',
  refuse: 'none',
};

function lockText({ strategy, class: cost, estimate: { writerStallMs } }: PlannedStatement): string {
  const online = strategy === 'copy' && cost === 'online-copy';
  const stall =
    writerStallMs === undefined ? '' : `; writers stand still for at most ${humanMs(writerStallMs)}`;
  return `${locks[online ? 'inplace' : strategy]}${stall}`;
}

/** Absent where nobody has said when: as soon as the copy is complete and nobody holds the table. */
function swapText(statement: PlannedStatement): string | undefined {
  if (statement.kind !== 'alter' || statement.swap === undefined) return undefined;
  const { when, window, gate, waitMs, totalStallMs } = statement.swap;
  const gates = [
    window !== undefined && `in the window ${window}`,
    gate && 'when the command of --cut-over-gate says yes',
    when === 'manual' && 'when somebody says alterwise cut-over',
  ].filter(Boolean);
  if (gates.length === 0) return undefined;
  const wait = waitMs === undefined ? '' : `; a complete copy waits for ${humanMs(waitMs)} at most`;
  return `${gates.join(', ')}${wait}; all attempts together hold writers for at most ${humanMs(totalStallMs)}`;
}

function replicaText({ replicaDelayMs }: Estimate): string | undefined {
  if (replicaDelayMs === undefined || replicaDelayMs.high < 1000) return undefined;
  return `fall behind by ${humanRange(replicaDelayMs)}`;
}

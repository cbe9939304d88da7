import { accept, fixOf, fixOrAccept, standingDangers } from '../checks/shared/accept.js';
import type { Engine } from '../engines/engine.js';
import { engines } from '../engines/list.js';
import { formatDuration } from '../settings/kinds.js';
import { humanMs } from '../text/human.js';
import { type Choice, type ChoiceFacts, type FirstChoice, firstChoice } from './first-choice.js';

/**
 * Facts in, strategy out, with its reasons, the ways not taken, and the way out of a refusal. Pure.
 * @param list the engines in order of preference
 */
export function choose(facts: ChoiceFacts, list: readonly Engine[] = engines): Choice {
  const { refusal, ...choice } = firstChoice(facts, list);
  if (refusal === undefined) return choice;
  const { exitCode, next, kind } = refusal;
  if (kind === 'assertion')
    return { ...choice, refusal: { exitCode, next: `${next}${otherwise(facts, list)}` } };
  if (kind === 'final' && next !== undefined) return { ...choice, refusal: { exitCode, next } };
  return { ...choice, refusal: { exitCode, next: wayOut(facts, next, list) } };
}

/** Whether leaving out the statement's own ALGORITHM and LOCK is enough. */
function otherwise(facts: ChoiceFacts, list: readonly Engine[]): string {
  const { refusal, reasons } = choose({ ...facts, asserted: {} }, list);
  return refusal === undefined ? '' : ` That alone is not enough. ${reasons[0]?.text} ${refusal.next}`;
}

/**
 * What to do about a refusal. An option is suggested only if choosing again under it is not a refusal, and with the value
 * that it needs.
 * @param steps what fixes it without an option; undefined if nothing does
 */
function wayOut(facts: ChoiceFacts, steps: string | undefined, list: readonly Engine[]): string {
  const dangers = standingDangers(facts.checks);
  if (dangers.length > 0) return outOfDanger(facts, list);
  const options = optionsOf(facts, list);
  const found = options.map(({ options, effect, blocks }) =>
    `${blocks ? 'At a quiet hour, use' : 'Use'} ${options}. ${effect}`.trim(),
  );
  if (steps !== undefined) return [steps, ...found].join(' Or: ');
  if (found.length === 0) return `No option makes this change safe here. ${inSteps}`;
  return options.every(({ blocks }) => blocks) ? `${found.join(' Or: ')} ${inSteps}` : found.join(' Or: ');
}

/** Expand and contract. */
const inSteps =
  'To avoid a long ALTER, expand and contract: add the new column or table beside the old one, let the application write both, backfill in batches, switch the reads, and drop the old one.';

/** Fixing the dangers, or accepting all of them by name if that is possible and enough. */
function outOfDanger(facts: ChoiceFacts, list: readonly Engine[]): string {
  const dangers = standingDangers(facts.checks);
  const text = fixOrAccept(dangers);
  if (dangers.some(({ final }) => final)) return text;
  const ids = dangers.map(({ id }) => id);
  const accepted = { ...facts, checks: accept(facts.checks, ids) };
  if (firstChoice(accepted, list).refusal === undefined) return text;
  const [more] = optionsOf(accepted, list);
  // What is refused even so is not worth accepting.
  return more === undefined ? fixOf(dangers) : `${text} ${more.options}. ${more.effect}`.trim();
}

interface Option {
  /** `--strategy direct` */
  options: string;
  /** What it would do to writers and replicas. */
  effect: string;
  /** Writers are blocked for as long as the change takes. */
  blocks: boolean;
}

/** The shortest sets of options under which the change is made, those that hold up nobody first. */
function optionsOf(facts: ChoiceFacts, list: readonly Engine[]): Option[] {
  const { settings, durations } = facts;
  const names = [...list.map(({ name }) => name), 'auto'] as const;
  const strategies = names.filter((name) => name !== settings.strategy).map((strategy) => ({ strategy }));
  const { class: costClass } = firstChoice(facts, list);
  const stallMs = durations[costClass]?.high;
  const stalls = stallMs === undefined ? [] : [{ stallBudgetMs: roundedUp(stallMs) }];
  const found: Option[] = [];
  for (const changed of [...strategies, ...stalls]) {
    const choice = firstChoice({ ...facts, settings: { ...settings, ...changed } }, list);
    if (choice.refusal !== undefined) continue;
    if ('strategy' in changed && found.length > 0) continue; // it leads to the same engine, or to a slower one
    found.push(optionOf(changed, choice, facts, stallMs));
  }
  return found;
}

function optionOf(
  changed: Partial<ChoiceFacts['settings']>,
  { strategy }: FirstChoice,
  { replicas }: ChoiceFacts,
  durationMs: number | undefined,
): Option {
  const { stallBudgetMs } = changed;
  const options =
    stallBudgetMs === undefined
      ? `--strategy ${changed.strategy}`
      : `--stall-budget ${formatDuration(stallBudgetMs)}`;
  const long = durationMs === undefined ? 'as long as it takes' : `up to ${humanMs(durationMs)}`;
  if (strategy === 'copy') return { options, effect: `Writers would wait for ${long}.`, blocks: true };
  const delays = strategy === 'inplace' && replicas !== 0;
  return { options, effect: delays ? `Replicas would lag by ${long}.` : '', blocks: false };
}

/** To a duration that people would write, at least as long: `12s`, `4m`. */
function roundedUp(ms: number): number {
  const unitMs = ms <= 60_000 ? 1_000 : ms <= 600_000 ? 10_000 : 60_000;
  return Math.ceil(ms / unitMs) * unitMs;
}

import type { Difference } from '../../compare/compare.js';
import type { Closed } from '../../cut-over/gate.js';
import type { PlannedAlter, Reason } from '../../documents/plan.js';
import { type Blocker, outcome, type StatementResult } from '../../documents/result.js';
import { exitCodes } from '../../exit-code.js';
import { tableLabel } from '../../sql/names.js';
import { killAdvice } from '../../text/blockers.js';
import { counted } from '../../text/human.js';
import { isAsPlanned, type TableState } from '../../verify/definition.js';
import type { GhostEnd } from './flight.js';
import type { Befallen } from './tables/original.js';

/**
 * What is so, from how gh-ost ended and from what the table looks like now.
 * @param state absent where the server could not be asked
 */
export function ghostOutcome(
  statement: PlannedAlter,
  end: GhostEnd,
  state: TableState | undefined,
  timing: { startedAt: string; durationMs: number },
): StatementResult {
  const facts = {
    ...timing,
    attempts: end.attempts,
    ...(end.rowsCopied !== undefined && { rowsCopied: end.rowsCopied }),
    ...(end.rowsCompared !== undefined && { rowsCompared: end.rowsCompared }),
    ...(end.stallMs !== undefined && { writerStallMs: end.stallMs }),
    ...(end.totalStallMs !== undefined && end.attempts > 1 && { totalStallMs: end.totalStallMs }),
    ...(end.ended !== undefined && { ended: end.ended }),
    ...(end.left.length > 0 && { left: end.left }),
  };
  if (state === undefined || end.end === 'unknown') return notKnown(statement, end, facts);
  if (end.end === 'swapped') return swapped(statement, end, state, facts);
  const is = standing(statement, state, end.left);
  const cleanUp = end.left.length > 0 ? { next: `Drop ${end.left.join(', ')} when nobody uses them.` } : {};
  switch (end.end) {
    case 'aborted':
      return outcome(statement, 'aborted', {
        ...facts,
        reason: { id: 'aborted', text: 'Stopped on request.' },
        state: is.text,
        ...cleanUp,
      });
    case 'lock-timeout':
      return outcome(statement, 'lock-timeout', {
        ...facts,
        ...swapTimeout(end.closed, end.blockers),
        state: is.text,
        blockers: end.blockers,
      });
    case 'unequal':
      return outcome(statement, 'verification-failed', {
        ...facts,
        reason: {
          id: 'copy-differs',
          text: `The copy is not the original: ${differencesText(end.differences)}.`,
        },
        state: is.text,
        next: `Find out what keeps changes out of the binlog (sql_log_bin, binlog_row_image of a session, filters), then run it again.${byStatement(statement)}`,
        samples: end.differences.slice(0, 5).map(({ what, key }) => `${key} (${what})`),
        ...cleanUp,
      });
    case 'not-compared':
      return outcome(statement, 'verification-failed', {
        ...facts,
        reason: {
          id: 'not-compared',
          text: `The copy could not be compared with the original, and was not swapped: ${end.text}.`,
        },
        state: is.text,
        next:
          statement.revertTo === undefined
            ? 'Run it again, with --checksum auto where the table cannot be compared.'
            : `Run it again.${byStatement(statement)}`,
        ...cleanUp,
      });
    case 'emptied':
      return drifted(
        statement,
        is.asPlanned ? `${tableLabel(statement.table)} has the definition that it had.` : is.text,
        facts,
        'Somebody else emptied the table by TRUNCATE, or rebuilt it, while it was copied: the copy may hold rows that are gone.',
      );
    case 'drifted':
      return drifted(statement, is.text, facts, 'Somebody else changed the table while it was copied.');
    case 'failed':
      if (!is.asPlanned) return drifted(statement, is.text, facts, `gh-ost failed: ${end.text}`);
      return outcome(statement, 'failed', {
        ...facts,
        reason: { id: 'gh-ost-failed', text: `gh-ost failed: ${end.text}` },
        state: is.text,
        next: `Mend what it names, and run it again.${byStatement(statement)}`,
        ...cleanUp,
      });
  }
}

/** A kept original cannot take in what was written while the table had other columns, whatever it has now. */
function byStatement({ revertTo }: PlannedAlter): string {
  return revertTo === undefined
    ? ''
    : ' Or take it back by a statement: alterwise revert with --strategy direct.';
}

function differencesText(differences: readonly Difference[]): string {
  const lost = differences.filter(({ what }) => what === 'lost').length;
  const surplus = differences.length - lost;
  const parts = [
    lost > 0 && `${counted(lost, 'row')} missing or different`,
    surplus > 0 && `${counted(surplus, 'row')} too many`,
  ];
  return parts.filter(Boolean).join(', ');
}

type Facts = Pick<StatementResult, 'startedAt' | 'durationMs' | 'attempts' | 'left'>;

/** What can be said of a table that was not swapped. */
function standing(
  statement: PlannedAlter,
  state: TableState,
  left: readonly string[],
): { text: string; asPlanned: boolean } {
  const name = tableLabel(statement.table);
  const beside = left.length > 0 ? `; beside it stands ${left.join(', ')}` : '';
  if (isAsPlanned(state, statement)) return { asPlanned: true, text: `${name} is as it was${beside}.` };
  const what = state.state === 'gone' ? 'not there any more' : 'not as it was: somebody else has changed it';
  return { asPlanned: false, text: `${name} is ${what}${beside}.` };
}

function drifted(statement: PlannedAlter, state: string, facts: Facts, text: string): StatementResult {
  return outcome(statement, 'failed', {
    ...facts,
    exitCode: exitCodes.drifted,
    reason: { id: 'drifted', text },
    state: `This run changed nothing. ${state}`,
    next: 'Plan it again.',
  });
}

function notKnown(statement: PlannedAlter, end: GhostEnd, facts: Facts): StatementResult {
  const name = tableLabel(statement.table);
  const why = end.end === 'unknown' ? `: ${end.text}` : '';
  if (end.end === 'aborted' && end.attempts === 0) {
    return outcome(statement, 'aborted', {
      ...facts,
      reason: { id: 'aborted', text: 'Stopped on request, without a look at the server.' },
      state: `${name} was not swapped: it is as it was.`,
      ...(end.left.length > 0 && { next: `Drop ${end.left.join(', ')} when the server answers.` }),
    });
  }
  return outcome(statement, 'unknown', {
    ...facts,
    reason: { id: 'server-gone', text: `The server could not be asked after gh-ost ended${why}.` },
    state: `Whether ${name} was swapped is not known.`,
    next: `When the server answers: SHOW CREATE TABLE ${name}; if a table ending in _gho stands beside it, it was not swapped.`,
  });
}

/** What somebody else did in the instant between the last look at the table and gh-ost's lock. */
const lateTexts: Readonly<Record<Befallen, string>> = {
  emptied: 'Somebody else emptied the table by TRUNCATE, or rebuilt it, in the instant before the swap.',
  altered: 'Somebody else altered the table in the instant before the swap: the copy knows nothing of it.',
};

function swapped(
  statement: PlannedAlter,
  end: Extract<GhostEnd, { end: 'swapped' }>,
  { state }: TableState,
  facts: Facts,
): StatementResult {
  const name = tableLabel(statement.table);
  const oldTable = tableLabel({ ...statement.table, name: end.oldTable });
  const { before, after } = statement.promise;
  if (state === 'different' || state === 'gone' || (state === 'as-before' && after !== before)) {
    return outcome(statement, 'verification-failed', {
      ...facts,
      oldTable,
      reason: {
        id: 'not-as-promised',
        text: 'The tables were swapped, but the definition is not what the plan promised.',
      },
      state: `${state === 'gone' ? `There is no ${name} any more` : `${name} is the copy`}; the original is kept as ${oldTable}.`,
      next: `Compare SHOW CREATE TABLE ${name} with the plan. To go back: RENAME TABLE (writes since the swap stay behind).`,
    });
  }
  if (end.late !== undefined) {
    return outcome(statement, 'verification-failed', {
      ...facts,
      oldTable,
      reason: { id: 'original-changed', text: lateTexts[end.late] },
      state: `${name} is the copy, with the definition as planned; the original is kept as ${oldTable}, as they have left it.`,
      next:
        end.late === 'altered'
          ? `Compare SHOW CREATE TABLE ${oldTable} with the plan, and make their change to ${name} as well.`
          : `Find out what it was. Where it was TRUNCATE, the rows that it took away are back in ${name}: remove them, or put ${oldTable} back by RENAME TABLE, without the writes since.`,
    });
  }
  if (!end.whole) {
    return outcome(statement, 'unknown', {
      ...facts,
      oldTable,
      reason: {
        id: 'swap-unproved',
        text: 'gh-ost died in the middle of the swap: rows that were written in that instant may have reached the old table only.',
      },
      state: `${name} is the copy, with the definition as planned; the original is kept as ${oldTable}.`,
      next: `Compare the newest rows of ${oldTable} with ${name} by key, and bring over what is missing.`,
    });
  }
  return outcome(statement, 'done', {
    ...facts,
    oldTable,
    reason: {
      id: 'done',
      text:
        statement.revertTo === undefined
          ? 'Copied by gh-ost, swapped, and verified.'
          : 'Swapped back by gh-ost, with what was written since, and verified.',
    },
    state: `${name} is as planned; ${statement.revertTo === undefined ? 'the original' : 'what it was until now'} is kept as ${oldTable}.`,
    next: 'alterwise revert takes the change back; once its time has come (--keep-old-table), alterwise clean --apply drops what is kept.',
  });
}

/** Why a complete copy was not swapped within the time that it may wait, and what to do next time. */
function swapTimeout({ id, text }: Closed, blockers: readonly Blocker[]): { reason: Reason; next: string } {
  const reason = {
    id,
    text: `The time for the swap (--cut-over-wait) was over while the complete copy waited for ${text}.`,
  };
  return { reason, next: nextAfter(id, blockers) };
}

function nextAfter(id: Closed['id'], blockers: readonly Blocker[]): string {
  switch (id) {
    case 'cut-over-manual':
      return 'Run it again, and say alterwise cut-over when the copy is complete, or give it a longer --cut-over-wait.';
    case 'cut-over-window':
      return 'Run it again with a --cut-over-wait that reaches into the window, or with another --cut-over-window.';
    case 'cut-over-gate':
      return 'Find out why the command of --cut-over-gate says no, then run it again.';
    case 'cut-over-paused':
      return 'Run it again, and let it go on in time: alterwise resume.';
    case 'cut-over-lag':
      return 'Run it again when the server has less to do, or with a larger --dml-batch-size.';
    case 'stall-budget':
      return killAdvice(blockers, '--stall-budget-total');
    case 'cut-over-lock-timeout':
      return killAdvice(blockers, '--cut-over-wait');
  }
}

import type { Difference } from '../../compare/differences.js';
import type { Closed } from '../../cut-over/gate.js';
import { type Ending, ending } from '../../documents/ending.js';
import type { PlannedAlter } from '../../documents/plan.js';
import type { Blocker } from '../../documents/result.js';
import { exitCodes } from '../../exit-code.js';
import { tableLabel } from '../../sql/names.js';
import { killAdvice } from '../../text/blockers.js';
import { counted } from '../../text/human.js';
import { asItWas } from '../../text/labels.js';
import type { ChildExit } from '../../util/child-process.js';
import { isAsPlanned, type TableState } from '../../verify/definition.js';
import { planAgain, reasons } from '../reasons.js';
import type { Supervision } from './context.js';
import type { OriginalChange } from './tables/original.js';

/** What is known of a migration when gh-ost is over. */
export interface MigrationFacts {
  /** Why alterwise left the controls (what was asked for, or what it saw), and what the migration did until then. */
  supervision: Supervision;
  ghost: SaidByGhost;
  tables: SeenTables;
  /** What is left beside the table, or may be if the server cannot be asked: `schema.table` each. */
  left: readonly string[];
}

/** What gh-ost said, and how its process ended. */
export interface SaidByGhost {
  exit?: ChildExit;
  /** Its own reason for giving up. */
  fatal?: string;
  lastWords?: string;
  /** It unlocked the table itself, after it had seen the RENAME first in the queue. */
  hasUnlocked: boolean;
  /** The longest that one cut-over can have held writers, and all of them together. */
  heldMs?: number;
  totalHeldMs?: number;
}

/** What the tables say. */
export type SeenTables =
  /** `why`: in the server's words, if it answered at all. */
  | { seen: false; why?: string }
  | {
      seen: true;
      table: TableState;
      /** The name of the old table if the cut-over happened. */
      oldTable?: string;
      /** What somebody else did to the original table between alterwise's last look and gh-ost's lock. */
      late?: OriginalChange;
    };

/** What became of a migration. Pure: facts in, ending out; the tables count for more than what gh-ost said. */
export function decide(statement: PlannedAlter, facts: MigrationFacts): Ending {
  const { supervision, tables } = facts;
  const { stop } = supervision;
  const figures = figuresOf(facts);
  if (tables.seen && tables.oldTable !== undefined) {
    return cutOverDone(statement, { ...tables, oldTable: tables.oldTable }, facts.ghost, figures);
  }
  if (!tables.seen) {
    // A gh-ost that was never released to cut over has not cut over, whether the server can be asked or not.
    if (stop.why === 'aborted' && supervision.attempts === 0) return abortedUnseen(statement, figures);
    return unknown(
      statement,
      tables.why ?? facts.ghost.fatal ?? 'the connection to the server was lost',
      figures,
    );
  }
  const { isOriginal, text: state } = standing(statement, tables.table, facts.left);
  const cleanUp =
    facts.left.length > 0 ? { next: `Drop ${facts.left.join(', ')} when nobody uses them.` } : {};
  switch (stop.why) {
    case 'aborted':
      return ending('aborted', { ...figures, reason: reasons.aborted(), state, ...cleanUp });
    case 'lock-timeout':
      return ending('lock-timeout', {
        ...figures,
        ...cutOverTimeout(stop.closed, stop.blockers),
        state,
        blockers: stop.blockers,
      });
    case 'unequal':
      return ending('verification-failed', {
        ...figures,
        reason: {
          id: 'copy-differs',
          text: `The shadow table differs from the original table: ${differencesText(stop.differences)}.`,
        },
        state,
        next: `Find out what keeps changes out of the binary log (sql_log_bin, a session's binlog_row_image, filters), then run it again.${byStatement(statement)}`,
        samples: stop.differences.slice(0, 5).map(({ what, key }) => `${key} (${what})`),
        ...cleanUp,
      });
    case 'not-compared':
      return ending('verification-failed', {
        ...figures,
        reason: reasons.notCompared(
          `The shadow table could not be compared with the original table, so no cut-over was made: ${stop.text}.`,
        ),
        state,
        next:
          statement.revertTo === undefined
            ? 'Run it again; if the table cannot be compared, with --checksum auto.'
            : `Run it again.${byStatement(statement)}`,
        ...cleanUp,
      });
    case 'emptied':
      return changedByOthers(
        isOriginal ? `${tableLabel(statement.table)} has the definition that it had.` : state,
        figures,
        'During the row copy somebody else emptied the table by TRUNCATE, or rebuilt it: the shadow table may hold rows that are gone.',
      );
    case 'drifted':
      return changedByOthers(state, figures, 'Somebody else changed the table during the row copy.');
    case 'exited':
    case 'hung':
    case 'broken': {
      const text = `gh-ost failed: ${whyFailed(facts)}`;
      if (!isOriginal) return changedByOthers(state, figures, text);
      return ending('failed', {
        ...figures,
        reason: { id: 'gh-ost-failed', text },
        state,
        next: `Fix what the message names, and run it again.${byStatement(statement)}`,
        ...cleanUp,
      });
    }
  }
}

/** Why gh-ost did not reach its cut-over, in the words closest to the cause. */
export function whyFailed({
  supervision: { stop },
  ghost,
}: Pick<MigrationFacts, 'supervision' | 'ghost'>): string {
  if (stop.why === 'hung') return stop.text;
  // What broke the supervision comes first: gh-ost then only says that it had to end.
  if (stop.why === 'broken' && stop.error instanceof Error) return stop.error.message;
  if (ghost.fatal !== undefined) return ghost.fatal;
  const { code, signal } = ghost.exit ?? {};
  if (signal !== undefined) return `it was ended by ${signal}`;
  return `it ended with exit code ${code ?? 'unknown'}${ghost.lastWords === undefined ? '' : `: ${ghost.lastWords}`}`;
}

type Figures = ReturnType<typeof figuresOf>;

function figuresOf({ supervision, ghost, left }: MigrationFacts) {
  const { rowsCopied, rowsCompared, attempts, ended = [] } = supervision;
  return {
    attempts,
    ...(rowsCopied !== undefined && { rowsCopied }),
    ...(rowsCompared !== undefined && { rowsCompared }),
    ...(ghost.heldMs !== undefined && { writerStallMs: ghost.heldMs }),
    ...(ghost.totalHeldMs !== undefined && attempts > 1 && { totalStallMs: ghost.totalHeldMs }),
    ...(ended.length > 0 && { ended }),
    ...(left.length > 0 && { left }),
  };
}

function cutOverDone(
  statement: PlannedAlter,
  { table: { state }, oldTable: oldName, late }: Extract<SeenTables, { seen: true }> & { oldTable: string },
  { exit, hasUnlocked }: SaidByGhost,
  figures: Figures,
): Ending {
  const name = tableLabel(statement.table);
  const oldTable = tableLabel({ ...statement.table, name: oldName });
  const { promise, revertTo } = statement;
  const facts = { ...figures, oldTable };
  if (
    state === 'different' ||
    state === 'gone' ||
    (state === 'as-before' && promise.after !== promise.before)
  ) {
    return ending('verification-failed', {
      ...facts,
      reason: reasons.notAsPromised(
        'The cut-over was made, but the definition is not what the plan promised.',
      ),
      state: `${state === 'gone' ? `There is no ${name} any more` : `${name} is the former shadow table`}; the old table is kept as ${oldTable}.`,
      next: `Compare SHOW CREATE TABLE ${name} with the plan. To go back: RENAME TABLE (writes since the cut-over stay behind).`,
    });
  }
  if (late !== undefined) {
    return ending('verification-failed', {
      ...facts,
      reason: { id: 'original-changed', text: lateTexts[late] },
      state: `${name} is the former shadow table, with the definition as planned; the old table is kept as ${oldTable}, as they left it.`,
      next:
        late === 'altered'
          ? `Compare SHOW CREATE TABLE ${oldTable} with the plan, and make their change to ${name} as well.`
          : `Find out what it was. If it was a TRUNCATE, the rows that it removed are back in ${name}: remove them, or put ${oldTable} back by RENAME TABLE, without the writes since.`,
    });
  }
  // If gh-ost died during the cut-over, the server unlocked the table for it, and writers may have come before the RENAME.
  if (exit?.code !== 0 && !hasUnlocked) {
    return ending('unknown', {
      ...facts,
      reason: {
        id: 'swap-unproved',
        text: 'gh-ost died during the cut-over: rows written at that moment may have reached the old table only.',
      },
      state: `${name} is the former shadow table, with the definition as planned; the old table is kept as ${oldTable}.`,
      next: `Compare the newest rows of ${oldTable} with ${name} by key, and copy what is missing.`,
    });
  }
  return ending('done', {
    ...facts,
    reason: reasons.done(
      revertTo === undefined
        ? 'Copied and cut over by gh-ost, and verified.'
        : 'gh-ost put the old table back, with the writes made since; verified.',
    ),
    state: `${name} is as planned; ${revertTo === undefined ? 'the old table' : 'what it was until now'} is kept as ${oldTable}.`,
    next: 'alterwise revert takes the change back; when --keep-old-table has expired, alterwise clean --apply drops the old table.',
  });
}

const lateTexts: Readonly<Record<OriginalChange, string>> = {
  emptied: 'Somebody else emptied the table by TRUNCATE, or rebuilt it, just before the cut-over.',
  altered:
    'Somebody else altered the table just before the cut-over: the shadow table does not have their change.',
};

function abortedUnseen(statement: PlannedAlter, figures: Figures): Ending {
  return ending('aborted', {
    ...figures,
    reason: reasons.aborted('Stopped on request, without a look at the server.'),
    state: `No cut-over was made: ${asItWas(tableLabel(statement.table))}`,
    ...(figures.left && { next: `Drop ${figures.left.join(', ')} when the server answers.` }),
  });
}

function unknown({ table }: PlannedAlter, why: string, figures: Figures): Ending {
  const name = tableLabel(table);
  return ending('unknown', {
    ...figures,
    reason: { id: 'server-gone', text: `The server could not be asked after gh-ost ended: ${why}.` },
    state: `Whether ${name} was cut over is unknown.`,
    next: `When the server answers: SHOW CREATE TABLE ${name}; if a table ending in _gho stands beside it, no cut-over was made.`,
  });
}

function changedByOthers(state: string, figures: Figures, text: string): Ending {
  return ending('failed', {
    ...figures,
    exitCode: exitCodes.drifted,
    reason: reasons.drifted(text),
    state: `This run changed nothing. ${state}`,
    next: planAgain,
  });
}

/** What can be said of a table that was not cut over. */
function standing(
  statement: PlannedAlter,
  state: TableState,
  left: readonly string[],
): { text: string; isOriginal: boolean } {
  const name = tableLabel(statement.table);
  const beside = left.length > 0 ? `; beside it stands ${left.join(', ')}` : '';
  if (isAsPlanned(state, statement)) return { isOriginal: true, text: `${name} is as it was${beside}.` };
  const what = state.state === 'gone' ? 'not there any more' : 'not as it was: somebody else has changed it';
  return { isOriginal: false, text: `${name} is ${what}${beside}.` };
}

/** An old table cannot take in what was written while the table had other columns, whatever it has now. */
function byStatement({ revertTo }: PlannedAlter): string {
  return revertTo === undefined ? '' : ' Or revert by a statement: alterwise revert with --strategy direct.';
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

/** Why there was no cut-over within the time that it may wait, and what to do next time. */
function cutOverTimeout({ id, text }: Closed, blockers: readonly Blocker[]) {
  const reason = {
    id,
    text: `The time for the cut-over (--cut-over-wait) was over while the complete row copy waited for ${text}.`,
  };
  return { reason, next: nextAfter(id, blockers) };
}

function nextAfter(id: Closed['id'], blockers: readonly Blocker[]): string {
  switch (id) {
    case 'cut-over-manual':
      return 'Run it again, and say alterwise cut-over when the row copy is complete, or give it a longer --cut-over-wait.';
    case 'cut-over-window':
      return 'Run it again with a --cut-over-wait that reaches into the window, or with another --cut-over-window.';
    case 'cut-over-gate':
      return 'Find out why the command of --cut-over-gate says no, then run it again.';
    case 'cut-over-paused':
      return 'Run it again, and resume it in time: alterwise resume.';
    case 'cut-over-lag':
      return 'Run it again when the server has less to do, or with a larger --dml-batch-size.';
    case 'stall-budget':
      return killAdvice(blockers, '--stall-budget-total');
    case 'cut-over-lock-timeout':
      return killAdvice(blockers, '--cut-over-wait');
  }
}

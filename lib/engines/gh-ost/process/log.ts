import type { GhostLine } from './output.js';

/** What the log of a gh-ost has told so far, as far as it matters how it ends. */
export class GhostLog {
  /** The reason of its end, in its own words. */
  fatal: string | undefined;
  /** Whether it has begun to make its tables: from then on those of its names are its own. */
  hasTables = false;
  hasChangelog: boolean;
  /** What it calls the old table after the cut-over; known from its first attempt on. */
  oldTable: string | undefined;
  /** When it was started, as it writes it into the name of the old table: fourteen digits. */
  startStamp: string | undefined;
  /** How often it has begun to cut over. */
  attempts = 0;
  /** Whether an attempt is under way. */
  isCuttingOver = false;
  /**
   * Whether it let go of the table in its own time, in its last attempt: after it saw that the RENAME stands first in
   * the queue. Where it dies just before, the server lets go for it, and writers can come before the RENAME, whose rows
   * nobody copies.
   */
  hasUnlocked = false;
  /** The longest that writers can have been blocked: from when it asked for the table's lock until it let go. */
  heldMs: number | undefined;
  #askedAtMs: number | undefined;
  #nowHeldMs = 0;
  #heldBeforeMs = 0;

  /** @param resumes the tables of an earlier gh-ost are there, and become its own when it resumes with them */
  constructor(resumes = false) {
    this.hasChangelog = resumes;
  }

  /** @param nowMs a monotonic clock */
  note(line: GhostLine, nowMs: number): void {
    if (line.kind === 'hint') this.startStamp ??= stampOf(line.text);
    if (line.kind !== 'log') return;
    const { level, text } = line;
    if (level === 'fatal') this.fatal ??= text;
    // Said before the first of them is made, and after it was seen that there is none yet.
    if (/^(?:Creating (?:changelog|ghost) table|Resuming from checkpoint) /.test(text)) this.hasTables = true;
    if (text.startsWith('Changelog table created')) this.hasChangelog = true;
    if (text.startsWith('Tables unlocked')) this.hasUnlocked = true;
    if (text.startsWith('Grabbing voluntary lock')) {
      this.attempts++;
      this.isCuttingOver = true;
      // A failed attempt lets go as well, and says so: that says nothing about this one.
      this.hasUnlocked = false;
    }
    if (/^Locking [`"]/.test(text)) this.#askedAtMs = nowMs;
    this.oldTable ??= oldTableIn.exec(text)?.[1];
    // Failed, or done: an unlocked table is still waited for until it is renamed.
    if (level === 'error' || text.startsWith('Tables renamed')) this.end(nowMs);
    else if (text.startsWith('Tables unlocked')) this.#held(nowMs);
  }

  /** It has ended, or its attempt, and with it whatever it held. */
  end(nowMs: number): void {
    this.#held(nowMs);
    this.isCuttingOver = false;
    this.#heldBeforeMs += this.#nowHeldMs;
    this.#nowHeldMs = 0;
    this.#askedAtMs = undefined;
  }

  /** Whether somebody made a table by the name of its copy, after it had seen that there is none: that is not its own. */
  get foundShadowTable(): boolean {
    return /^Error 1050 .*_gho' already exists/.test(this.fatal ?? '');
  }

  /** How long all attempts together can have blocked writers; absent if none has asked for the lock. */
  get totalHeldMs(): number | undefined {
    return this.heldMs === undefined ? undefined : this.#heldBeforeMs + this.#nowHeldMs;
  }

  #held(nowMs: number): void {
    if (this.#askedAtMs === undefined) return;
    this.#nowHeldMs = Math.round(nowMs - this.#askedAtMs);
    this.heldMs = Math.max(this.heldMs ?? 0, this.#nowHeldMs);
  }
}

const oldTableIn = /^(?:Locking|Creating magic cut-over table) .*[`"]\.[`"]([^`"]+_del)[`"]$/;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * gh-ost says when it was started in the form and the time zone of Go's time.RubyDate (go/logic/migrator.go,
 * printMigrationStatusHint), and calls the old table by the same moment (go/base/context.go, GetOldTableName).
 */
function stampOf(hint: string): string | undefined {
  const [, month = '', day, clock, year] =
    /^Migration started at \w{3} (\w{3}) (\d\d) ([\d:]{8}) [+-]\d{4} (\d{4})$/.exec(hint) ?? [];
  const at = months.indexOf(month) + 1;
  return at === 0 ? undefined : `${year}${String(at).padStart(2, '0')}${day}${clock?.replaceAll(':', '')}`;
}

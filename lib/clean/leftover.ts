/** A leftover with the way to remove it. */
export interface Found {
  leftover: Leftover;
  /** Absent where it stays. @throws where it could not be removed */
  remove?: () => Promise<void>;
}

/** Something that a run left behind, or that looks like it. */
export interface Leftover {
  kind: 'table' | 'schema' | 'folder' | 'socket' | 'process' | 'setting';
  /** `schema.table`, a path, or `gh-ost 1234`. */
  name: string;
  run?: string;
  ageMs?: number;
  bytes?: number;
  /** What it is. */
  what: string;
  /**
   * `removable`: a run's record and its own mark prove that it is alterwise's, and nobody needs it. `kept`: ours, and
   * its time has not come. `in-use`: a run is at work on it. `not-ours`: no proof; it is named, and stays.
   */
  verdict: 'removable' | 'kept' | 'in-use' | 'not-ours';
  /** Only after `--apply`: what became of it. */
  removal?: { removed: true } | { removed: false; why: string };
}

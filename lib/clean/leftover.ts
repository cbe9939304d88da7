/** A leftover, and how to remove it. */
export interface Found {
  leftover: Leftover;
  /** Absent if it stays. @throws if it cannot be removed */
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
  what: string;
  /**
   * `removable`: a run's record and its own mark prove that it is alterwise's, and nothing needs it. `kept`: ours, and
   * not due yet. `in-use`: a run is working on it. `not-ours`: no proof; it is listed and stays.
   */
  verdict: 'removable' | 'kept' | 'in-use' | 'not-ours';
  /** After `--apply`. */
  removal?: { removed: true } | { removed: false; why: string };
}

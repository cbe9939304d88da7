/** A connection that holds or waits for a lock on the table, as a DBA wants to see it. */
export interface Blocker {
  connectionId: number;
  user?: string;
  host?: string;
  /** How long its transaction has been open, or its statement runs. */
  ageMs?: number;
  /** Its statement now, or the last one it ran; shortened to 200 characters. */
  query?: string;
  /** `holds`: seen in metadata_locks; `waits`: queued; `suspect`: an open transaction, the lock not provable here. */
  role: 'holds' | 'waits' | 'suspect';
  command?: string;
}

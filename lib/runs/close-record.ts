import { appendFile } from 'node:fs/promises';
import { notRecorded, type RecordLine, recordPath } from './record.js';

/** Notes that a run which died is over: nothing of it is left. @throws {Fault} exit code 11 */
export async function closeRecord(stateDir: string, run: string): Promise<void> {
  await addToRecord(stateDir, run, { type: 'closed' });
}

/** Adds to the record of a run that died what was found out later. @throws {Fault} exit code 11 */
export async function addToRecord(stateDir: string, run: string, line: RecordLine): Promise<void> {
  const text = JSON.stringify({ ...line, at: new Date().toISOString() });
  try {
    // After a crash half a line may stand there.
    await appendFile(recordPath(stateDir, run), `\n${text}\n`, { flush: true });
  } catch (error) {
    throw notRecorded(stateDir, error);
  }
}

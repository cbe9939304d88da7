import { appendFile } from 'node:fs/promises';
import { notRecorded, recordPath } from './record.js';

/** Notes that a run which died is over: nothing of it is left. @throws {Fault} exit code 11 */
export async function closeRecord(stateDir: string, run: string): Promise<void> {
  const line = { type: 'closed', at: new Date().toISOString() };
  try {
    // After a crash half a line may stand there.
    await appendFile(recordPath(stateDir, run), `\n${JSON.stringify(line)}\n`);
  } catch (error) {
    throw notRecorded(stateDir, error);
  }
}

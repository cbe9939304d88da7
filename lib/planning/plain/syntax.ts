import { exitCodes } from '../../fault.js';
import { isServerError, isSyntaxError } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';
import { quoteString } from '../../sql/quote.js';
import type { Outlook } from './outlook.js';

/**
 * Has the server read a statement without running it: PREPARE parses the text as it stands (manual, "PREPARE
 * Statement"). What cannot be prepared (1295: triggers, routines), or not without a default schema, is not judged.
 * @returns the refusal where it does not parse
 */
export async function refuseSyntax(session: Session, sql: string): Promise<Outlook | undefined> {
  try {
    await session.execute(`PREPARE alterwise_reads FROM ${quoteString(sql)}`);
    await session.execute('DEALLOCATE PREPARE alterwise_reads');
    return undefined;
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (!isSyntaxError(error)) return undefined;
    const reason = { id: 'syntax', text: `The server says (${error.errno}): ${error.message}` };
    const refusal = {
      exitCode: exitCodes.usage,
      next: 'Mend the statement at the place that the server names.',
    };
    return { reasons: [reason], settled: { strategy: 'refuse', refusal } };
  }
}

import type { KnownStatement } from './statement-kind.js';
import type { Answered, Command, ToolConnection, ToolSession } from './tool-connection.js';

/** How the statements of a connection are carried out. */
export interface Carrier {
  /**
   * What of a text is not sent as it stands; nothing where it passes as a whole.
   * @param session takes note of what passes
   */
  attended(text: string, connection: ToolConnection, session?: ToolSession): KnownStatement[];
  perform(statement: KnownStatement, session: ToolSession): Promise<Answered>;
  /** A connection goes through it. */
  opened?(): void;
  /** Looks at a command that passes, before it is sent. */
  pass?(command: Command, connection: ToolConnection): void;
}

import { isServerError } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { quoteName, quoteTable } from '../sql/quote.js';
import { qualifiers, withSchema } from './with-schema.js';

/** Copies views and triggers, with the account that copies as their definer; what cannot be made is told. */
export class ScratchViews {
  readonly #session: Session;
  readonly #from: string;
  readonly #to: string;

  readonly #others: readonly string[];

  /** @param others schemas that none of them may reach */
  constructor(session: Session, from: string, to: string, others: readonly string[]) {
    this.#others = others;
    this.#session = session;
    this.#from = from;
    this.#to = to;
  }

  async copyAll(views: readonly string[]): Promise<{ name: string; why: string }[]> {
    const triggers = await this.#session.rows<{ name: string }>(
      'SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA=? ORDER BY ACTION_ORDER',
      [this.#from],
    );
    const wanted = [
      ...views.map((name) => ({ name, kind: 'VIEW', column: 'Create View' })),
      ...triggers.map(({ name }) => ({ name, kind: 'TRIGGER', column: 'SQL Original Statement' })),
    ];
    let left = wanted.map((each) => ({ ...each, why: '' }));
    // A view may stand on another: as long as one more can be made, the rest is tried again.
    for (let before = Number.POSITIVE_INFINITY; left.length < before; ) {
      before = left.length;
      const failed: typeof left = [];
      for (const each of left) {
        const why = await this.#copy(each);
        if (why !== undefined) failed.push({ ...each, why });
      }
      left = failed;
    }
    return left.map(({ name, why }) => ({ name, why }));
  }

  /** @returns why it could not be made */
  async #copy({ name, kind, column }: { name: string; kind: string; column: string }) {
    try {
      const shown = await this.#session.rows<Record<string, string>>(
        `SHOW CREATE ${kind} ${quoteTable({ schema: this.#from, name })}`,
      );
      const definition = shown[0]?.[column]?.replace(
        /\bDEFINER\s*=\s*(`[^`]*`|'[^']*'|\S+?)@(`[^`]*`|'[^']*'|\S+)/i,
        '',
      );
      if (definition === undefined) return `the account may not see its definition`;
      const other = [...qualifiers(definition)].find((each) => this.#others.includes(each));
      if (other !== undefined) return `it reaches the schema ${other}`;
      await this.#session.execute(`USE ${quoteName(this.#to)}`);
      await this.#session.execute(withSchema(definition, this.#from, this.#to));
      return undefined;
    } catch (error) {
      if (!isServerError(error)) throw error;
      return error.message;
    }
  }
}

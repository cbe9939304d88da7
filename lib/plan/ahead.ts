import type { ReadTable } from '../checks/shared/hazard.js';
import { presentRows, type RowsAhead, rowsWritten, whyOtherRows } from '../checks/shared/rows-ahead.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { ServerFacts } from '../inspect/server.js';
import { absentIds, inspectTable, type TableFacts } from '../inspect/table.js';
import { isUnknownTable, unlessRefused } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { quoteName, quoteTable, type TableName, tableLabel } from '../sql/names.js';
import { partsOf, withParts } from '../table/definition.js';
import { renamedTo } from '../table/forms.js';
import { type ForeignKey, withParent } from '../table/parts.js';

export interface KnownAhead {
  state: 'known';
  facts: TableFacts;
  rows: RowsAhead;
}

/** A table as the statements planned so far will leave it. `unforeseen`: that depends on the data. */
export type TableAhead = KnownAhead | GoneAhead | { state: 'unforeseen'; why: string };

interface GoneAhead {
  state: 'gone';
  /** As it was before DROP TABLE; absent if it has another name now. */
  dropped?: KnownAhead;
}

/** A table with foreign keys that point at another; those of an unforeseen one are unknown. */
interface Child {
  name: TableName;
  known?: KnownAhead;
  keys: readonly ForeignKey[];
}

/** The schema as the statements planned so far will leave it; what they do not touch is looked up on the server. */
export class SchemaAhead {
  readonly #session: Session;
  readonly #server: ServerFacts;
  readonly #tables = new Map<string, TableAhead>();
  /** By the name alone, in lower case: why its rows may be others. */
  readonly #written = new Map<string, string>();
  #anyWritten: string | undefined;

  constructor(session: Session, server: ServerFacts) {
    this.#session = session;
    this.#server = server;
  }

  /** A SET before this one decides which plain statements pass: what the server refuses on trial may pass then. */
  isSetOtherwise = false;

  /** A statement before this one may create a trigger. */
  hasNewTriggers = false;

  /** No statement before this one changes anything. */
  get isEmpty(): boolean {
    return this.#tables.size === 0;
  }

  /** What the statements so far make of a table; undefined if they do not touch it. */
  get(name: TableName): TableAhead | undefined {
    return this.#tables.get(this.#key(name));
  }

  /** @param table undefined: as if nothing had been planned for it */
  set(name: TableName, table: TableAhead | undefined): void {
    if (table === undefined) this.#tables.delete(this.#key(name));
    else this.#tables.set(this.#key(name), table);
  }

  /**
   * A table as it will be when the statement is reached; undefined if there will be none.
   * @throws {Fault} if the name is that of a view, or the server cannot be asked
   */
  async at(name: TableName): Promise<Exclude<TableAhead, { state: 'gone' }> | undefined> {
    const found = this.get(name);
    if (found !== undefined) return found.state === 'gone' ? undefined : found;
    try {
      return await this.#look(name);
    } catch (error) {
      const isAbsent = error instanceof Fault && Object.values<string>(absentIds).includes(error.id);
      if (isAbsent || isUnknownTable(error)) return undefined;
      throw error;
    }
  }

  /** @throws {Fault} exit code 2 if there will be no such table, or its definition cannot be predicted */
  async toChange(name: TableName): Promise<KnownAhead> {
    const found = this.get(name) ?? (await this.#look(name));
    if (found.state !== 'known') {
      throw notForeseen(tableLabel(name), found.state === 'gone' ? 'it is dropped or renamed' : found.why);
    }
    const why = this.#whyWritten(found.facts.name);
    return why === undefined ? found : { ...found, rows: rowsWritten(found.rows, why) };
  }

  async #look(name: TableName): Promise<KnownAhead> {
    const facts = await inspectTable(this.#session, this.#server, name);
    return { state: 'known', facts, rows: presentRows(facts.name, facts.columns) };
  }

  /** A statement over several tables writes perhaps any that it names; a name may be an alias. */
  noteWritten(names: readonly string[], why: string): void {
    for (const name of names) this.#written.set(name.toLowerCase(), why);
  }

  #whyWritten({ name }: TableName): string | undefined {
    return this.#anyWritten ?? this.#written.get(name.toLowerCase());
  }

  /**
   * From now on the rows of the table are others than those that can be asked now; those of its children as well, which
   * a foreign key may change, and those of any table if there are triggers.
   * @param why `statement 2 writes rows of shop.t`
   * @param columns those that it writes; absent: any, or whole rows
   */
  async markWritten(name: TableName, why: string, columns?: readonly string[]): Promise<void> {
    await this.#markWritten(name, why, columns, new Set());
  }

  async #markWritten(
    name: TableName,
    why: string,
    columns: readonly string[] | undefined,
    seen: Set<string>,
  ): Promise<void> {
    const table = await this.at(name);
    if (table?.state !== 'known' || seen.has(this.#key(name))) return;
    seen.add(this.#key(name));
    const { triggers, foreignKeys, columns: all } = table.facts;
    if (triggers.length > 0 || this.hasNewTriggers) {
      this.#anyWritten ??= `${why}, and triggers may write others`;
    }
    // Not only what a statement names changes: the time of the last change, and what is computed.
    const moving = all.filter(({ generated, extra }) => generated || /on update/i.test(extra));
    const written = columns && [...columns, ...moving.map(({ name: column }) => column)];
    this.set(name, { ...table, rows: rowsWritten(table.rows, why, written) });
    for (const { child } of foreignKeys.incoming) await this.#markWritten(child, why, undefined, seen);
  }

  /** Why what another table holds is not what it holds now; undefined if it is. */
  whyOthers({ table, columns }: ReadTable): string | undefined {
    const found = this.get(table);
    const why = this.#whyWritten(table);
    if (found === undefined || why !== undefined) return why;
    if (found.state !== 'known') return `an earlier statement changes ${tableLabel(table)}`;
    return whyOtherRows(found.rows, table, columns);
  }

  /** RENAME TABLE: the server keeps foreign keys pointing at the table, so that its children get another definition. */
  async rename(from: TableName, to: TableName): Promise<void> {
    const source = await this.at(from);
    if (source?.state === 'known') await this.#renameInChildren(source.facts, to);
    // A table that refers to itself was changed just now.
    const now = await this.at(from);
    this.set(from, { state: 'gone' });
    this.set(to, now?.state === 'known' ? underName(now, to) : now);
  }

  async #renameInChildren(parent: TableFacts, to: TableName): Promise<void> {
    for (const { known } of await this.childrenOf(parent)) {
      if (known === undefined) continue;
      const { name, definition: now } = known.facts;
      const definition = withParts(now, (part) =>
        part.what === 'foreign-key' && refersTo(part, name.schema, parent.name)
          ? withParent(part, quoteTable(to))
          : part.sql,
      );
      this.set(name, { ...known, facts: { ...known.facts, definition } });
    }
  }

  /** Children of a column that is renamed get another definition, which no clone can have before it is renamed. */
  async renameColumns(parent: TableFacts, columns: readonly string[]): Promise<void> {
    if (columns.length === 0) return;
    for (const { name, keys } of await this.childrenOf(parent)) {
      const referred = keys.flatMap(({ parentColumns }) => parentColumns.map((each) => each.toLowerCase()));
      const column = columns.find((each) => referred.includes(each.toLowerCase()));
      if (column === undefined) continue;
      const why = `its foreign key points at ${tableLabel(parent.name)}.${column}, which is renamed`;
      this.set(name, { state: 'unforeseen', why });
    }
  }

  /** Tables whose foreign keys point at the table when the statement is reached, and those that may have such keys. */
  async childrenOf({ name: parent, foreignKeys }: TableFacts): Promise<Child[]> {
    const planned = [...this.#tables.values()].flatMap((table) =>
      table.state === 'known' ? [table.facts.name] : [],
    );
    const names = [...foreignKeys.incoming.map(({ child }) => child), ...planned];
    const children: Child[] = [];
    for (const name of new Map(names.map((each) => [tableLabel(each), each])).values()) {
      const table = await this.at(name);
      if (table?.state === 'unforeseen') children.push({ name, keys: [] });
      if (table?.state !== 'known') continue;
      const keys = partsOf(table.facts.definition, 'foreign-key').filter((key) =>
        refersTo(key, name.schema, parent),
      );
      if (keys.length > 0) children.push({ name, known: table, keys });
    }
    return children;
  }

  #key(name: TableName): string {
    return this.#server.caseSensitiveNames ? tableLabel(name) : tableLabel(name).toLowerCase();
  }
}

/** An estimate of 0 is no proof, and a count is not always cheap: one row is. What cannot be read may have rows. */
export async function isKnownEmpty(
  { facts, rows }: Pick<KnownAhead, 'facts' | 'rows'>,
  session: Session,
): Promise<boolean> {
  if (facts.rows?.exact === true) return facts.rows.count === 0;
  if (rows.kind !== 'present') return false;
  const some = await unlessRefused(session.rows(`SELECT 1 FROM ${quoteTable(rows.from)} LIMIT 1`));
  return some?.length === 0;
}

/** The server gives new names to foreign keys that it has named after the table. */
function underName(table: KnownAhead, to: TableName): KnownAhead {
  const { name, definition } = table.facts;
  const withNewNames = withParts(definition, (part) =>
    part.what === 'foreign-key' && part.name.startsWith(`${name.name}_ibfk_`)
      ? `CONSTRAINT ${quoteName(to.name + part.name.slice(name.name.length))} ${part.body}`
      : part.sql,
  );
  return {
    ...table,
    facts: { ...table.facts, name: to, definition: renamedTo(withNewNames, to.name) },
  };
}

function refersTo({ parent: { schema, name } }: ForeignKey, own: string, parent: TableName): boolean {
  return (schema ?? own) === parent.schema && name === parent.name;
}

function notForeseen(name: string, why: string): Fault {
  return new Fault(`Cannot predict what ${name} will look like at this point of the file: ${why}.`, {
    id: 'not-foreseen',
    exitCode: exitCodes.usage,
    next: 'Put the statements from this one on into a file of their own, and plan that when this one has run.',
  });
}

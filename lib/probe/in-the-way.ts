import type { ServerFacts } from '../inspect/server.js';
import type { ServerError } from '../mysql/errors.js';
import { quoteName } from '../sql/quote.js';
import type { Clause } from '../sql/statement.js';
import type { Part } from './definition-lines.js';

/** What keeps a clause from being applied because it is there already. */
export interface InTheWay extends Pick<Part, 'what' | 'name'> {
  drop: string;
  /** A table whose AUTO_INCREMENT column has lost its key is refused, so a key goes and comes in one statement. */
  together?: true;
}

/** Undefined where the error says something else. */
export function inTheWay(error: ServerError, clause: Clause, server: ServerFacts): InTheWay | undefined {
  switch (error.errno) {
    case 1068:
      return { what: 'primary-key', name: '', drop: 'DROP PRIMARY KEY', together: true };
    case 1060:
      return named('column', 'DROP COLUMN', quotedIn(error.message));
    case 1061: {
      const key = named('key', 'DROP INDEX', quotedIn(error.message));
      return key && { ...key, together: true };
    }
    case 3822:
      return named('constraint', 'DROP CHECK', quotedIn(error.message));
    default: {
      // MySQL 5.7 (1022) and MariaDB do not say the constraint's name: it stands in the clause.
      const isCheck = server.flavor === 'mariadb' && clause.head.includes('CHECK');
      return named('constraint', isCheck ? 'DROP CONSTRAINT' : 'DROP FOREIGN KEY', constraintName(clause));
    }
  }
}

function named(what: Part['what'], drop: string, name: string | undefined): InTheWay | undefined {
  return name === undefined ? undefined : { what, name, drop: `${drop} ${quoteName(name)}` };
}

function constraintName({ text }: Clause): string | undefined {
  const [, quoted, bare] = /\bCONSTRAINT\s+(?:`((?:[^`]|``)+)`|([\w$\u0080-\uffff]+))/iu.exec(text) ?? [];
  return quoted?.replaceAll('``', '`') ?? bare;
}

/** The name in a message of the server: `Duplicate column name 'a'`, ``Can't DROP INDEX `k`; check that it exists``. */
export function quotedIn(message: string): string | undefined {
  const match = /(?<![A-Za-z])'([^']+)'|`([^`]+)`/.exec(message);
  return match?.[1] ?? match?.[2];
}

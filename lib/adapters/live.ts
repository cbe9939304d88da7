import { bounded } from './bounded.js';
import type { Carrier } from './carrier.js';
import { change } from './change.js';
import { knownStatements, passingKind } from './statement-kind.js';

/** Changes of tables through alterwise, other DDL under a bounded lock wait, and the rest as it is. */
export const live: Carrier = {
  attended(text, { config }, session) {
    const isMultiple = Boolean(config.multipleStatements);
    const kind = isMultiple && text.includes(';') ? undefined : passingKind(text);
    if (kind !== undefined) {
      session?.note(kind);
      return [];
    }
    const statements = knownStatements(text, isMultiple);
    if (statements.some((each) => each.kind === 'change' || each.kind === 'ddl')) return statements;
    for (const statement of statements) session?.note(statement.kind);
    return [];
  },
  perform(statement, session) {
    if (statement.kind === 'change') return change(statement, session);
    if (statement.kind === 'ddl') return bounded(statement, session);
    return session.send(statement.sql, Number.POSITIVE_INFINITY);
  },
};

import type { Column } from '../../inspect/shape.js';
import type { ChangeFacts } from './check-facts.js';

/** A column that is there before and after the change, under the same name or another. */
export interface ColumnPair {
  before: Column;
  after: Column;
}

/** The columns that keep their values. One that is dropped and added again under the same name is another column. */
export function columnPairs({ statement, probe }: Pick<ChangeFacts, 'statement' | 'probe'>): ColumnPair[] {
  const known = probe.tracer.kind === 'known' ? probe.tracer.renames : [];
  const renames = [...statement.renames, ...known.filter(({ from }) => !isNamed(statement.renames, from))];
  const taken = new Set(renames.map(({ to }) => to.toLowerCase()));
  return probe.before.columns.flatMap((before) => {
    const name = before.name.toLowerCase();
    const to = renames.find(({ from }) => from.toLowerCase() === name)?.to.toLowerCase();
    if (to === undefined && (taken.has(name) || isDropped(statement, name))) return [];
    const after = probe.after.columns.find((column) => column.name.toLowerCase() === (to ?? name));
    return after === undefined ? [] : [{ before, after }];
  });
}

function isNamed(renames: readonly { from: string }[], name: string): boolean {
  return renames.some(({ from }) => from.toLowerCase() === name.toLowerCase());
}

function isDropped({ clauses }: ChangeFacts['statement'], name: string): boolean {
  return clauses.some(({ text }) => {
    const [, quoted, bare] =
      /^DROP (?:COLUMN )?(?:IF EXISTS )?(?:`((?:[^`]|``)+)`|([^\s`]+))(?: RESTRICT| CASCADE)?$/i.exec(text) ??
      [];
    return (quoted?.replaceAll('``', '`') ?? bare)?.toLowerCase() === name;
  });
}

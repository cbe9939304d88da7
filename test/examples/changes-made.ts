import { listRuns } from '../../lib/runs/list.js';

export interface MadeChange {
  sql: string;
  table: string;
  /** As planned. */
  strategy: string;
  outcome: string;
}

/** What alterwise has planned and made, as its records tell it: in the order in which it was begun. */
export async function changesMade(state: string): Promise<MadeChange[]> {
  const runs = await listRuns(state);
  return runs.reverse().flatMap(({ begin, lines }) =>
    begin.planned.map(({ sql = '', table, strategy }, index) => {
      const end = lines.find((line) => line.type === 'end' && line.index === index);
      const outcome = end?.type === 'end' ? end.outcome : 'open';
      return { sql, table: table?.name ?? '', strategy, outcome };
    }),
  );
}

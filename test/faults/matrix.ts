import type { ServerKind } from '../sandbox/types.js';
import type { Cell, Engine, Fault } from './fault.js';
import { directMoments, ghostMoments } from './moment.js';

/** What runs on what: gh-ost 1.1.10 does not serve MariaDB. */
const engines: readonly { kind: ServerKind; engine: Engine }[] = [
  { kind: 'mysql-9.7', engine: 'gh-ost' },
  { kind: 'mysql-9.7', engine: 'direct' },
  { kind: 'mariadb-10.11', engine: 'direct' },
];

/** Every fault at every moment at which it makes sense. */
export function cellsOf(faults: readonly Fault[]): Cell[] {
  return engines.flatMap(({ kind, engine }) =>
    faults.flatMap((fault) =>
      (engine === 'gh-ost' ? ghostMoments : directMoments)
        .filter((moment) => fault.applies(moment, engine))
        .map((moment) => ({ fault, moment, engine, kind })),
    ),
  );
}

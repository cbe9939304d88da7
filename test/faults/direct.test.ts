import t from 'tap';
import { cell, tryCells } from './try-cells.js';

/** The most telling cells of the matrix; `npm run faults` has them all. */
t.test('whatever goes wrong, what is told is so, and no row is lost', (t) =>
  tryCells(t, [
    cell('mysql-9.7', 'direct', 'apply', "KILL of alterwise's connections"),
    cell('mysql-9.7', 'direct', 'apply', 'network cut for 3 s'),
    cell('mariadb-10.11', 'direct', 'apply', 'SIGKILL of alterwise'),
    cell('mariadb-10.11', 'direct', 'apply', 'SIGKILL of the server'),
  ]),
);

import t from 'tap';
import { cell, tryCells } from './try-cells.js';

/** The most telling cells of the matrix; `npm run faults` has them all. */
t.test('whatever goes wrong, what is told is so, and no row is lost', (t) =>
  tryCells(t, [
    cell('mysql-9.7', 'gh-ost', 'copy', 'SIGKILL of alterwise'),
    cell('mysql-9.7', 'gh-ost', 'copy', 'SIGKILL of the server'),
    cell('mysql-9.7', 'gh-ost', 'copy', 'TRUNCATE of the table'),
    cell('mysql-9.7', 'gh-ost', 'verify', 'SIGTERM of alterwise'),
    cell('mysql-9.7', 'gh-ost', 'cut-over', "KILL of gh-ost's connections"),
    cell('mysql-9.7', 'gh-ost', 'locked', 'SIGKILL of gh-ost'),
  ]),
);

import t from 'tap';
import { matrix } from '../support/matrix.js';

t.test('what is promised of a change is what a filled table does', (t) => matrix(t, 'mysql-8.0'));

import t from 'tap';
import { servability } from '../../../../lib/engines/gh-ost/assess/servability.js';
import { type Flavor, parseVersion } from '../../../../lib/inspect/capabilities.js';

const cases: readonly [ghost: string, flavor: Flavor, server: string, expected: string][] = [
  ['1.1.6', 'mysql', '5.7.22', 'needs 1.1.8'],
  ['1.1.7', 'mysql', '8.4.0', 'needs 1.1.8'],
  ['1.0.49', 'mysql', '8.0.36', 'needs 1.1.8'],
  ['1.1.8', 'mysql', '9.7.4', 'warning'],
  ['1.1.9', 'mysql', '9.7.4', 'warning'],
  ['1.1.10', 'mysql', '5.7.22', 'ok'],
  ['1.1.10', 'mysql', '8.0.15', 'ok'],
  ['1.1.10', 'mysql', '8.4.3', 'ok'],
  ['1.1.10', 'mysql', '9.7.4', 'ok'],
  ['1.1.7', 'mariadb', '10.11.19', 'needs 1.1.8'],
  ['1.1.10', 'mariadb', '10.11.19', 'needs 1.1.11'],
  ['1.1.10', 'mariadb', '11.4.5', 'needs 1.1.11'],
  ['1.1.11', 'mariadb', '11.4.5', 'ok'],
  ['1.2.0', 'mariadb', '11.4.5', 'ok'],
  ['2.0.0', 'mysql', '9.7.4', 'ok'],
  ['1.1.11-rc1', 'mysql', '9.7.4', 'ok'],
  ['unversioned', 'mysql', '9.7.4', 'warning'],
  ['unversioned', 'mariadb', '11.4.5', 'warning'],
  ['1.1.11', 'tidb', '8.0.11', 'refused'],
  ['1.1.11', 'vitess', '8.0.30', 'refused'],
];

for (const [ghost, flavor, version, expected] of cases) {
  t.test(`gh-ost ${ghost} on ${flavor} ${version}: ${expected}`, async (t) => {
    const result = servability(ghost, { flavor, version: parseVersion(version) });
    if (result.ok) {
      t.equal(result.warning ? 'warning' : 'ok', expected);
      return;
    }
    const [, needs] = /^Use gh-ost (\S+) or newer/.exec(result.next) ?? [];
    t.equal(needs === undefined ? 'refused' : `needs ${needs}`, expected);
    t.ok(result.reason.text.endsWith('.') && result.next.endsWith('.'));
  });
}

import type { Reason } from '../../../documents/plan.js';
import type { ServerIdentity } from '../../../inspect/capabilities.js';

type Servability = { ok: true; warning?: Reason } | { ok: false; reason: Reason; next: string };

/** The first version that alterwise would choose. */
const recommended = '1.1.10';
/** Before it there is no --panic-on-warnings: rows that do not fit are lost in silence. */
const leastSafe = '1.1.8';
const leastForMariadb = '1.1.11';

/**
 * Whether a gh-ost of this version can work on this server, as far as versions tell. It was tried on each pair; what
 * versions do not tell (the cut-over that MySQL 8.0.15 makes impossible) the rehearsal finds.
 */
export function servability(version: string, { flavor, version: server }: ServerIdentity): Servability {
  if (flavor === 'tidb' || flavor === 'vitess') {
    const name = flavor === 'tidb' ? 'TiDB' : 'Vitess';
    const text = `gh-ost cannot work on ${name}, which writes no MySQL-compatible binary log.`;
    return {
      ok: false,
      reason: { id: 'ghost-flavor', text },
      next: `Use the online schema change of ${name} itself.`,
    };
  }
  const ofVersion = (text: string): Reason => ({ id: 'ghost-version', text });
  if (!/^\d+\.\d+\.\d+/.test(version)) {
    const unknown = `This gh-ost says it is ${version}: whether it can work on this server is only known when it does.`;
    return { ok: true, warning: ofVersion(unknown) };
  }
  const tooOld = (needs: string, why: string): Servability => ({
    ok: false,
    reason: ofVersion(`gh-ost ${version} ${why}.`),
    next: `Use gh-ost ${needs} or newer, named by --gh-ost PATH or GH_OST.`,
  });
  if (isBefore(version, leastSafe)) {
    return tooOld(leastSafe, 'has no --panic-on-warnings: it loses rows that do not fit, in silence');
  }
  if (flavor === 'mariadb' && isBefore(version, leastForMariadb)) {
    const why = `asks for variables and statements that MariaDB ${server.text} does not have`;
    return tooOld(leastForMariadb, why);
  }
  if (!isBefore(version, recommended)) return { ok: true };
  const fault = version.startsWith('1.1.9')
    ? 'may hang when it is told to stop, so that it has to be killed'
    : 'does not notice that another gh-ost works on the same table';
  return { ok: true, warning: ofVersion(`gh-ost ${version} ${fault}; use ${recommended}.`) };
}

function isBefore(version: string, other: string): boolean {
  const [a, b] = [version, other].map((text) => text.split('.', 3).map((part) => Number.parseInt(part, 10)));
  for (const index of [0, 1, 2]) {
    const [left = 0, right = 0] = [a?.[index], b?.[index]];
    if (left !== right) return left < right;
  }
  return false;
}

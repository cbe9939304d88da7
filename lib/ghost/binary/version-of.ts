import { exitCodes, Fault } from '../../fault.js';
import { runBriefly } from '../process/process.js';

const timeoutMs = 5_000;

/**
 * The version that a gh-ost tells, as `1.1.10`; `unversioned` is one that somebody built without a name.
 * @throws {Fault} where the file is no gh-ost, cannot be run, or does not answer
 */
export async function readVersion(path: string): Promise<string> {
  const { code, stdout, timedOut } = await runBriefly(path, ['--version'], { timeoutMs });
  if (timedOut) throw unusable(path, `does not answer to --version within ${timeoutMs / 1000} s`);
  if (code === undefined) throw unusable(path, 'cannot be run');
  const version = answer.exec(stdout)?.groups?.version;
  if (code !== 0 || version === undefined) throw unusable(path, 'is not gh-ost');
  // Other programs tell their version in the same way; none of them has this flag.
  const check = await runBriefly(path, ['--check-flag', '--alter=x', '--chunk-size=1'], { timeoutMs });
  if (check.code !== 0) throw unusable(path, 'is not gh-ost');
  return version;
}

/** `1.1.10 (git commit: unknown)`; up to 1.1.6 the number alone. */
const answer = /^v?(?<version>\d+\.\d+\.\d+\S*|\S+(?= \(git commit: ))(?: \(git commit: [^()]*\))?\s*$/;

function unusable(path: string, why: string): Fault {
  return new Fault(`${path} ${why}.`, {
    id: 'ghost-unusable',
    exitCode: exitCodes.environment,
    next: 'Name another one with --gh-ost PATH or GH_OST, or use: alterwise gh-ost install',
  });
}

import { runBriefly } from '../process/process.js';
import { readVersion } from './version-of.js';

/** What a gh-ost can do, by its own word. */
export interface Capabilities {
  version: string;
  /** Those of `optionalFlags` that it knows. */
  flags: ReadonlySet<OptionalFlag>;
}

/** Flags that not every version has which alterwise may meet, with a value that they would take. */
const optionalFlags = {
  'allow-setup-metadata-lock-instruments': 'true',
  'binlogsyncer-max-reconnect-attempts': '1',
  checkpoint: 'true',
  gtid: 'true',
  'panic-on-warnings': 'true',
  'skip-metadata-lock-check': 'true',
  'skip-port-validation': 'true',
} as const;

export type OptionalFlag = keyof typeof optionalFlags;

/** Asks the binary itself. @throws {Fault} where it is no gh-ost, or does not answer */
export async function readCapabilities(path: string): Promise<Capabilities> {
  const version = await readVersion(path);
  const names = Object.keys(optionalFlags) as OptionalFlag[];
  const answers = await Promise.all(names.map((name) => knows(path, name)));
  return { version, flags: new Set(names.filter((_, index) => answers[index])) };
}

/** `--check-flag` does nothing but reading its arguments: 0 where it knows them all, else 2. */
async function knows(path: string, name: OptionalFlag): Promise<boolean> {
  const args = ['--check-flag', `--${name}=${optionalFlags[name]}`];
  return (await runBriefly(path, args, { timeoutMs: 5_000 })).code === 0;
}

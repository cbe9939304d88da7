import { main } from '../../lib/cli/main.js';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { type FakeIo, fakeIo } from '../fixtures/io.js';
import type { Account } from './settings.js';

export interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

/** The command line as a function: what it answers on this server. */
export type Alterwise = (args: readonly string[], options?: AlterwiseOptions) => Promise<Answer>;

export interface AlterwiseOptions {
  env?: NodeJS.ProcessEnv;
  stdin?: string;
  cwd?: string;
  /** Called with the streams and signals before it begins. */
  watch?: (io: FakeIo) => void;
}

export async function alterwiseOn(account: Account): Promise<Alterwise> {
  const { path } = await installGhost();
  const known = {
    PATH: '/usr/bin:/bin',
    ALTERWISE_HOST: account.host,
    ALTERWISE_PORT: String(account.port),
    ALTERWISE_USER: account.user,
    ALTERWISE_PASSWORD: account.password,
    GH_OST: path,
  };
  return async (args, { env = {}, stdin, cwd, watch } = {}) => {
    const io = fakeIo({
      env: { ...known, ...env },
      ...(stdin !== undefined && { stdin }),
      ...(cwd !== undefined && { cwd }),
    });
    watch?.(io);
    const code = await main(args, io);
    return { code, stdout: io.stdout.text, stderr: io.stderr.text };
  };
}

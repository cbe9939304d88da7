import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Test } from 'tap';
import type { RunStatus } from '../../lib/documents/status.js';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { built } from '../built.js';
import { freshSchema, type Schema, type TestServer } from '../servers.js';
import { until } from '../support/until.js';
import type { ShellStep } from './shell-steps.js';

export interface StepSaid {
  code: number | undefined;
  said: string;
}

export interface StartedStep {
  pid: number;
  ended: Promise<StepSaid>;
}

/** A working copy of an application on a machine that has alterwise, with a schema in which `orders` has rows. */
export interface Checkout {
  path: string;
  schema: Schema;
  /** Runs a step as the system would. */
  step(step: ShellStep | undefined, env?: NodeJS.ProcessEnv): Promise<StepSaid>;
  start(step: ShellStep | undefined, env?: NodeJS.ProcessEnv): StartedStep;
  /** Whatever a step did with its `deploy.sh`. */
  definition(): Promise<string>;
  tables(): Promise<string[]>;
  lastRun(): Promise<RunStatus | undefined>;
  /** When a copy of `orders` has rows. */
  copying(): Promise<void>;
}

/** gh-ost, so slowly that there is time to stop it. */
export const slowly = {
  ALTERWISE_STRATEGY: 'gh-ost',
  ALTERWISE_REHEARSE: 'off',
  ALTERWISE_CHUNK_SIZE: '50',
  ALTERWISE_GH_OST_FLAG: '--nice-ratio=20',
};

/**
 * @param files of the working copy, by name
 * @param programs that the steps call and this machine lacks: what is in front of it is put on PATH, with its text
 */
export async function checkout(
  t: Test,
  server: TestServer,
  files: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>> = {},
): Promise<Checkout> {
  const { path: ghost } = await installGhost();
  const schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, total INT NOT NULL)');
  await schema.query('SET SESSION cte_max_recursion_depth=5000');
  await schema.query(
    'INSERT INTO orders (total) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<4000) SELECT i FROM n',
  );
  await schema.query('ANALYZE TABLE orders');
  const path = t.testdir({ state: {}, home: {}, bin: {} });
  const alterwise = `#!/bin/sh\nexec '${process.execPath}' '${join(built, 'bin/alterwise.js')}' "$@"\n`;
  const deploy = '#!/bin/sh\necho deployed\n';
  write(join(path, 'app/deploy.sh'), deploy);
  for (const [name, text] of Object.entries(files)) write(join(path, 'app', name), text);
  for (const [name, text] of Object.entries({ ...programs, alterwise })) write(join(path, 'bin', name), text);
  const machine: NodeJS.ProcessEnv = {
    PATH: `${join(path, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: join(path, 'home'),
    GH_OST: ghost,
    ALTERWISE_HOST: server.host,
    ALTERWISE_PORT: String(server.port),
    ALTERWISE_USER: server.user,
    ALTERWISE_PASSWORD: server.password,
    ALTERWISE_DATABASE: schema.name,
    ALTERWISE_STATE_DIR: join(path, 'state'),
    ALTERWISE_FORECAST: 'rates',
  };
  const start: Checkout['start'] = (step, env = {}) => {
    if (step === undefined) throw new Error('no such step');
    const [program = '', ...args] = step.shell;
    const file = join(path, 'step.sh');
    writeFileSync(file, step.text);
    const child = execa(program, [...args, file], {
      cwd: join(path, 'app'),
      env: { ...machine, ...env },
      extendEnv: false,
      // A group of its own, as its system has it: a signal to all of it does not reach the test.
      detached: true,
      all: true,
      stdin: 'ignore',
      reject: false,
      timeout: 200_000,
    });
    if (child.pid === undefined) throw new Error('not started');
    t.teardown(() => kill(-(child.pid ?? 0)));
    return { pid: child.pid, ended: child.then(({ exitCode, all }) => ({ code: exitCode, said: all })) };
  };
  const runs = async () => {
    const status = { name: 'status', text: 'alterwise status --format json', shell: ['sh', '-e'] };
    const { said } = await start(status).ended;
    return (JSON.parse(said) as { runs: RunStatus[] }).runs;
  };
  return {
    path: join(path, 'app'),
    schema,
    start,
    step: (step, env) => start(step, env).ended,
    definition: async () => {
      const [row] = await schema.query<{ 'Create Table': string }>('SHOW CREATE TABLE orders');
      return row?.['Create Table'].replace(/ AUTO_INCREMENT=\d+/, '') ?? '';
    },
    tables: async () => (await schema.query('SHOW TABLES')).flatMap((row) => Object.values(row)).sort(),
    lastRun: async () => (await runs())[0],
    copying: async () => {
      const hasRows = async () => {
        const rows = await schema.query('SELECT id FROM _orders_gho LIMIT 1').catch(() => []);
        return rows.length > 0;
      };
      await until('the shadow table has rows', hasRows, { limitMs: 120_000 });
    },
  };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (text.startsWith('#!')) chmodSync(path, 0o755);
}

/** To a process, or by a negative number to its group; nothing where it has gone. */
export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

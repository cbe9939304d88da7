import type { Test } from 'tap';
import type { Schema } from '../servers.js';
import { stateFolder } from './example.js';
import { tablesOf } from './schema-of.js';

/** A tool with its connection to a schema of its own. */
export interface Side<Tool> {
  tool: Tool;
  schema: Schema;
}

export interface Step<Tool> {
  name: string;
  take(tool: Tool): Promise<unknown>;
  /** The class of the error with which it is to fail, with alterwise and without. */
  fails?: string;
}

/**
 * Takes the same steps with a tool as it is and with one that sends its changes through alterwise. After each step
 * both schemas are the same; where a step fails, it fails with the same error.
 */
export async function sideBySide<Tool>(
  t: Test,
  plain: Side<Tool>,
  tamed: Side<Tool>,
  steps: readonly Step<Tool>[],
): Promise<void> {
  for (const { name, take, fails } of steps) {
    const [withIt, without] = [await outcomeOf(take, tamed), await outcomeOf(take, plain)];
    t.strictSame(withIt, without, name);
    t.match(without, fails === undefined ? 'done' : { class: fails }, `${name}: as expected`);
    t.strictSame(await tablesOf(tamed.schema), await tablesOf(plain.schema), `${name}: the schema`);
  }
}

/** For tools within this process: where alterwise records its runs, and that it says nothing. */
export function quietly(t: Test): string {
  const state = stateFolder(t);
  const before = { ...process.env };
  Object.assign(process.env, { ALTERWISE_STATE_DIR: state, ALTERWISE_PROGRESS: 'none' });
  t.teardown(() => {
    for (const name of ['ALTERWISE_STATE_DIR', 'ALTERWISE_PROGRESS']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  return state;
}

/** What of an error a tool, and who uses it, can ask for. */
export interface ErrorFacts {
  class: string;
  code?: unknown;
  errno?: unknown;
  sqlState?: unknown;
}

async function outcomeOf<Tool>(
  take: (tool: Tool) => Promise<unknown>,
  { tool }: Side<Tool>,
): Promise<'done' | ErrorFacts> {
  try {
    await take(tool);
    return 'done';
  } catch (error) {
    return errorFacts(error);
  }
}

export function errorFacts(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) throw error;
  // Each tool keeps the driver's error under a name of its own.
  const { original, driverError, cause } = error as Error & Record<string, unknown>;
  const drivers = original ?? driverError ?? cause ?? error;
  const { code, errno, sqlState } = drivers as Record<string, unknown>;
  return { class: error.constructor.name, code, errno, sqlState };
}

import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { check } from './checks.js';

/** Within node_modules, so that it goes when tap is installed anew. */
const marker = 'node_modules/.cache/alterwise/taprc';

/**
 * tap compiles its plugins into its own folder under node_modules, and .taprc leaves out one that it has by
 * default. A run in which it finds that out fails; so it is told before, once for each installation and .taprc.
 */
export async function prepareTap(signal: AbortSignal): Promise<void> {
  const wanted = await readFile('.taprc', 'utf8');
  const built = await readFile(marker, 'utf8').catch(() => undefined);
  if (built === wanted) return;
  const { outcome, said } = await check('tap build', ['tap', 'build'], signal);
  if (outcome === 'failed') throw new Error(said);
  await mkdir(dirname(marker), { recursive: true });
  await copyFile('.taprc', marker);
}

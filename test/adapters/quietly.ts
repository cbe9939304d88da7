import type { Test } from 'tap';

/** Keeps what alterwise writes to standard error, and does not show it. */
export function quietly(t: Test): void {
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
    const text = String(chunk);
    if (!/^\d{4}-\d\d-\d\dT/.test(text)) return write(chunk, ...rest);
    quietly.lines.push(text);
    return true;
  }) as typeof process.stderr.write;
  t.teardown(() => {
    process.stderr.write = write;
  });
}

quietly.lines = [] as string[];

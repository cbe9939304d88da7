import { tmpdir } from 'node:os';

/** For sockets: their paths have at most 107 bytes (unix(7)), and TMPDIR can be longer than leaves room for a name. */
export function shortTemp(): string {
  return Buffer.byteLength(tmpdir()) <= 70 ? tmpdir() : '/tmp';
}

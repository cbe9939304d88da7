/** The code of an error of Node (`ENOENT`, `EPIPE`); undefined if it has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

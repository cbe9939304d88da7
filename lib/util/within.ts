/**
 * Waits for an answer of the server within a limit. mysql2 has a limit of its own, but its timer stays when the
 * connection is lost and keeps the process alive, and what waits on a destroyed connection never settles.
 * @param late what to do when no answer came; what it returns is thrown
 */
export async function within<T>(limitMs: number, answer: Promise<T>, late: () => Error): Promise<T> {
  if (!Number.isFinite(limitMs)) return answer;
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await Promise.race([answer, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

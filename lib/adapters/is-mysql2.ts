/** Whether a module is mysql2 or mysql2/promise, by its name or by the path that it was found under. */
export function isMysql2(request: string): boolean {
  return /(?:^|[\\/]node_modules[\\/])mysql2(?:[\\/](?:index|promise)(?:\.js)?)?$/.test(request);
}

/** Takes away what npm tells the scripts that it runs, such as a test run: it would apply to the wrong folder. */
export function withoutNpm(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => name.startsWith('npm_'));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

export type Outcome = 'passed' | 'failed' | 'skipped';

/** One test: a subtest without subtests of its own, or a check of this runner. */
export interface TestResult {
  name: string;
  outcome: Outcome;
  /** Why it failed, in full, or was skipped. */
  said?: string;
}

/** Prints one line for a group of tests, and then its failures in full, while later groups still run. */
export function printGroup(title: string, tests: readonly TestResult[], ms?: number): void {
  const mark = tests.some(({ outcome }) => outcome === 'failed') ? 'FAIL' : 'ok';
  const time = ms === undefined ? '' : ` (${(ms / 1000).toFixed(1)} s)`;
  console.log(`${mark.padEnd(4)} ${title}: ${tally(tests)}${time}`);
  for (const { name, outcome, said } of tests) {
    if (outcome !== 'failed') continue;
    console.log(`\n  FAILED: ${name}\n${indent(said ?? '')}\n`);
  }
}

/** The last lines of a run: the failures once more by name, what was skipped and why, and the count. */
export function printSummary(tests: readonly TestResult[]): void {
  for (const { name } of tests.filter(({ outcome }) => outcome === 'failed')) console.log(`failed: ${name}`);
  for (const [said, names] of skippedByReason(tests)) console.log(`skipped: ${said} (${names.length} tests)`);
  console.log(tally(tests));
}

/** The files that took longest, and how long. */
export function printSlowest(files: readonly { file: string; ms: number }[], many = 10): void {
  const longest = [...files].sort((a, b) => b.ms - a.ms).slice(0, many);
  console.log(`the ${longest.length} slowest files:`);
  for (const { file, ms } of longest) console.log(`  ${(ms / 1000).toFixed(1).padStart(6)} s  ${file}`);
}

export function count(tests: readonly TestResult[], wanted: Outcome): number {
  return tests.filter(({ outcome }) => outcome === wanted).length;
}

function tally(tests: readonly TestResult[]): string {
  const skipped = count(tests, 'skipped');
  const line = `${count(tests, 'passed')} passed, ${count(tests, 'failed')} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}

function skippedByReason(tests: readonly TestResult[]): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const { name, outcome, said = 'no reason given' } of tests) {
    if (outcome === 'skipped') reasons.set(said, [...(reasons.get(said) ?? []), name]);
  }
  return reasons;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

import { inspect } from 'node:util';
import { Parser, type Result } from 'tap-parser';
import type { TestResult } from './report.js';

export interface FileResult {
  file: string;
  tests: TestResult[];
  ms: number;
}

/**
 * Reads TAP as tap writes it, a subtest for each file, and tells of each file when it ends. A test is a subtest
 * that has no subtests; what fails outside of one (a file that crashes, a late exception) is a test as well, so
 * that nothing red is left out of the count.
 */
export function tapResults(onFile: (result: FileResult) => void): Parser {
  const parser = new Parser();
  let current: Subtest | undefined;
  // What a file prints before its first test point is not seen as the file's by the parser.
  let output = '';
  parser.on('child', (child: Parser) => {
    current = follow(child);
  });
  parser.on('extra', (text: string) => {
    output += text;
  });
  parser.on('assert', (result: Result) => {
    const subtest = current ?? new Subtest();
    onFile({ file: result.name, tests: subtest.close(result, result.name, output), ms: result.time ?? 0 });
    current = undefined;
    output = '';
  });
  return parser;
}

/** Collects what a subtest holds: tests, failed assertions, and stray output. */
class Subtest {
  readonly tests: TestResult[] = [];
  readonly failures: string[] = [];
  hasSubtests = false;
  output = '';

  /** Its tests, once its own result is known; itself, if it has none. */
  close(result: Result, name: string, outputAbove: string): TestResult[] {
    const output = `${this.output}${outputAbove}`.trim().split('\n').slice(-40).join('\n');
    const said = [...this.failures, ...(this.failures.length === 0 ? [describe(result)] : []), output].join(
      '\n',
    );
    if (result.skip) return [{ name, outcome: 'skipped', said: reason(result) }];
    if (!this.hasSubtests) return [{ name, outcome: failed(result) ? 'failed' : 'passed', said }];
    const isExplained = this.failures.length === 0 && this.tests.some(({ outcome }) => outcome === 'failed');
    if (!failed(result) || isExplained) return this.tests;
    return [...this.tests, { name: `${name} (outside of its tests)`, outcome: 'failed', said }];
  }
}

function follow(parser: Parser): Subtest {
  const self = new Subtest();
  let current: Subtest | undefined;
  parser.on('child', (child: Parser) => {
    self.hasSubtests = true;
    current = follow(child);
  });
  parser.on('extra', (text: string) => {
    self.output += text;
  });
  parser.on('assert', (result: Result) => {
    const subtest = current;
    current = undefined;
    if (subtest !== undefined) self.tests.push(...subtest.close(result, result.fullname, self.output));
    else if (result.skip)
      self.tests.push({ name: result.fullname, outcome: 'skipped', said: reason(result) });
    else if (failed(result)) self.failures.push(describe(result));
  });
  return self;
}

function failed({ ok, todo }: Result): boolean {
  return !ok && !todo;
}

function reason({ skip }: Result): string {
  return typeof skip === 'string' ? skip : 'no reason given';
}

/** Everything that tap knows about a failed assertion, but for the source lines around it. */
function describe({ name, diag }: Result): string {
  const { source: _source, ...known } = (diag ?? {}) as Record<string, unknown>;
  const { at, ...rest } = known as { at?: { fileName?: string; lineNumber?: number } };
  const place = at?.fileName === undefined ? '' : ` (${at.fileName}:${at.lineNumber})`;
  const details = Object.entries(rest).map(([key, value]) =>
    typeof value === 'string'
      ? `${key}:\n${value.trimEnd().replace(/^/gm, '  ')}`
      : `${key}: ${inspect(value, { depth: 6 })}`,
  );
  return [`${name}${place}`, ...details].join('\n');
}

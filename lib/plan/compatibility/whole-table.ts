import type { Change } from './change.js';
import type { Finding } from './finding.js';

/** What is about all rows: those that go with the change, and another engine. */
export function wholeTable({ rowsGone, before, after }: Change): Finding[] {
  const [was, is] = [engineOf(before.definition), engineOf(after.definition)];
  const findings: Finding[] = [];
  if (rowsGone) {
    findings.push({
      id: 'rows-gone',
      previous: { works: 'maybe', text: 'It does not find the rows that go with the change.' },
    });
  }
  if (was !== undefined && is !== undefined && was !== is) {
    const text = (engine: string) =>
      `The engine is ${engine}: transactions, locks and foreign keys may work in another way.`;
    findings.push({
      id: 'engine-changed',
      previous: { works: 'maybe', text: text(is) },
      next: { works: 'maybe', text: text(was) },
    });
  }
  return findings;
}

/** In the last line that has no quotes before it: the table's own options. */
function engineOf(definition: string): string | undefined {
  return /^\) ENGINE=(\w+)/m.exec(definition)?.[1];
}

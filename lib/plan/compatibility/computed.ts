import type { Part } from '../../probe/definition-lines.js';
import { type Change, same } from './change.js';
import { deploy, type Finding, type Step, say } from './finding.js';

/** Columns that the server computes from now on, or no longer, or in another way. */
export function computed({ before, after }: Change['kept'][number], change: Change, modify: Step): Finding[] {
  const { name } = after;
  const refused = `INSERT and UPDATE that give ${name} a value are refused: the server computes it.`;
  if (!before.generated && after.generated) {
    return [
      {
        id: 'column-generated',
        previous: { works: 'no', text: refused },
        next: { works: 'maybe', text: `What it reads from ${name} is what was written there last.` },
        steps: [deploy('read', `no longer writes ${name}`), modify],
      },
    ];
  }
  if (before.generated && !after.generated) {
    return [
      {
        id: 'column-not-generated',
        previous: { works: 'maybe', text: `${name} keeps what it holds: the server no longer computes it.` },
        next: { works: 'no', text: refused },
        steps: [say('prepare', `Make the change and deploy in one go: in between nobody writes ${name}.`)],
      },
    ];
  }
  if (
    !before.generated ||
    expression(before.name, change.parts.before) === expression(name, change.parts.after)
  ) {
    return [];
  }
  const text = `${name} is computed in another way.`;
  return [{ id: 'column-computed', previous: { works: 'maybe', text }, next: { works: 'maybe', text } }];
}

/** From AS on, without what stands behind the parenthesis. */
function expression(column: string, parts: readonly Part[]): string | undefined {
  const body = parts.find(({ what, name }) => what === 'column' && same(name, column))?.body;
  return body && /\bAS \(.*\)/s.exec(body)?.[0];
}

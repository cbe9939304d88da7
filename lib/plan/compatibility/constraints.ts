import type { Part } from '../../probe/definition-lines.js';
import { type Change, same } from './change.js';
import { deploy, type Finding, own, say } from './finding.js';

/** CHECKs and foreign keys that come or go. */
export function constraints({ parts, renames }: Change): Finding[] {
  const was = rulesOf(parts.before);
  const is = rulesOf(parts.after);
  const named = (body: string) =>
    renames.reduce((text, { from, to }) => text.replaceAll(`\`${from}\``, () => `\`${to}\``), body);
  const known = was.map(({ body }) => named(body));
  const come = is.filter(({ body }) => !known.includes(body));
  const gone = was.filter(({ body }) => !is.some((rule) => same(rule.body, named(body))));
  return [...come.map(added), ...gone.map(dropped)];
}

interface Rule {
  name: string;
  body: string;
  kind: 'CHECK' | 'FOREIGN KEY';
}

/** MariaDB writes the CHECK of a column behind the column. One that is not enforced refuses nothing. */
function rulesOf(parts: readonly Part[]): Rule[] {
  return parts.flatMap(({ what, name, body }) => {
    if (what === 'column') {
      const check = /.* (CHECK \(.*\))/s.exec(body)?.[1];
      return check === undefined ? [] : [{ name, body: check, kind: 'CHECK' as const }];
    }
    const kind = /^CONSTRAINT\s+(CHECK|FOREIGN KEY)\b/.exec(body)?.[1];
    if (what !== 'constraint' || kind === undefined || /NOT ENFORCED/.test(body)) return [];
    const text = body.replace(/^CONSTRAINT\s+/, '');
    return [{ name, body: text, kind: kind === 'CHECK' ? ('CHECK' as const) : ('FOREIGN KEY' as const) }];
  });
}

function added({ name, body, kind }: Rule): Finding {
  const label = `${name} (${body})`;
  const isCheck = kind === 'CHECK';
  return {
    id: isCheck ? 'check-added' : 'foreign-key-added',
    previous: {
      works: 'maybe',
      text: isCheck
        ? `Writes that break the CHECK ${label} are refused.`
        : `Writes that break the foreign key ${label} are refused, and so are deletes of rows that it points at, as it says.`,
    },
    next: { works: 'yes', text: `Nothing holds the rows to ${name} there.` },
    steps: [
      deploy('read', `keeps ${name}`),
      own('contract', `ADD CONSTRAINT \`${name.replaceAll('`', '``')}\` ${body}`),
    ],
  };
}

function dropped({ name, body, kind }: Rule): Finding {
  const isCheck = kind === 'CHECK';
  return {
    id: isCheck ? 'check-dropped' : 'foreign-key-dropped',
    previous: {
      works: 'maybe',
      text: isCheck
        ? `Nothing refuses rows that break the CHECK ${name} (${body}) any more.`
        : `Nothing refuses rows that break the foreign key ${name} any more, and what it did ON DELETE and ON UPDATE does not happen: ${body}.`,
    },
    next: { works: 'maybe', text: `Writes that break ${name} are refused.` },
    steps: [say('prepare', `Make sure that the application does not count on ${name}.`)],
  };
}

import { counted, humanBytes, humanCount, humanMs, humanRange, oneLine } from './human.js';
import { ink, row, type TextStyle } from './layout.js';
import type { Check, Estimate, Plan, PlannedServer, PlannedStatement, StrategyName } from './plan.js';
import { subjectOf } from './subject.js';

/**
 * The plan for people: it fits a screen for one statement in the usual case.
 * @param withNext what to do next; not where it is being done
 */
export function planAsText(plan: Plan, style: TextStyle, withNext = true): string {
  const many = plan.statements.length > 1;
  const statements = plan.statements.map((statement, i) =>
    statementText(statement, many ? `${i + 1}. ` : '', style),
  );
  return `${ink(style, 'dim', `Plan ${plan.id} for ${serverText(plan.server)}`)}\n\n${statements.join('\n')}${withNext ? `\n${nextText(plan, style)}` : ''}`;
}

function serverText({ flavor, version, host, replicas, ghOst }: PlannedServer): string {
  const following = replicas === undefined ? 'replicas not known' : counted(replicas, 'replica');
  const engine = ghOst ? `, gh-ost ${ghOst.version}` : '';
  return oneLine(`${flavor} ${version} on ${host}, ${following}${engine}`);
}

function statementText(statement: PlannedStatement, number: string, style: TextStyle): string {
  const { sql, estimate } = statement;
  const spec = statement.kind === 'alter' ? statement.spec : '';
  const title = ink(style, 'bold', oneLine(`${number}${subjectOf(statement)}`));
  return [
    `${title}\n`,
    row(style, 'Change', oneLine(spec === '' ? sql : spec, style.columns * 3)),
    row(style, 'Table', sizeText(estimate)),
    wayText(statement, style),
    row(style, 'Takes', takesText(statement)),
    row(style, 'Locks', lockText(statement)),
    rejectedText(statement, style),
    checksText(statement.checks, style),
  ].join('');
}

function sizeText({ rows, rowsExact, dataBytes, indexBytes }: Estimate): string {
  const count =
    rows === undefined
      ? 'rows: ?'
      : rowsExact
        ? `exactly ${counted(rows, 'row')}`
        : `about ${counted(Number(rows.toPrecision(3)), 'row')}`;
  const bytes = (size: number | undefined) => (size === undefined ? '?' : humanBytes(size));
  return `${count}, data ${bytes(dataBytes)}, indexes ${bytes(indexBytes)}`;
}

const inks: Readonly<Record<StrategyName, 'green' | 'cyan' | 'yellow' | 'red'>> = {
  nothing: 'green',
  instant: 'green',
  inplace: 'green',
  copy: 'yellow',
  'gh-ost': 'cyan',
  plain: 'cyan',
  refuse: 'red',
};

function wayText(statement: PlannedStatement, style: TextStyle): string {
  const { strategy, reasons } = statement;
  const clause = statement.kind === 'alter' ? statement.clause : undefined;
  const [first, ...rest] = reasons;
  const name = ink(style, inks[strategy], strategy);
  const why = first ? `: ${oneLine(first.text)}` : '';
  const exactly = clause === undefined ? '' : ` (${clause})`;
  return (
    row(style, 'Way', `${name}${exactly}${why}`) +
    rest.map(({ text }) => row(style, '', oneLine(text))).join('')
  );
}

function takesText({ strategy, estimate }: PlannedStatement): string {
  if (strategy === 'nothing' || strategy === 'refuse') return 'nothing: no statement is run';
  const { durationMs, rough, diskBytes, binlogBytes } = estimate;
  const duration = durationMs === undefined ? '? (not known)' : humanRange(durationMs);
  const origin =
    durationMs === undefined || durationMs.high < 1000 ? '' : rough ? ' (roughly, not measured)' : '';
  const disk = diskBytes === undefined ? '' : `, disk ${humanBytes(diskBytes)}`;
  const binlog = binlogBytes === undefined ? '' : `, binary log ${humanBytes(binlogBytes)}`;
  return `${duration}${origin}${disk}${binlog}`;
}

const locks: Readonly<Record<StrategyName, string>> = {
  nothing: 'none',
  instant: 'the whole table, for a moment',
  inplace: 'the whole table for a moment at the start and at the end; readers and writers go on in between',
  copy: 'writers, for as long as it takes; readers go on',
  'gh-ost': 'none while rows are copied; the whole table for a moment at the swap',
  plain: 'as the server does for such a statement; waits are bounded',
  refuse: 'none',
};

function lockText({ strategy, class: cost, estimate }: PlannedStatement): string {
  const online = strategy === 'copy' && cost === 'online-copy';
  const stall = estimate.writerStallMs;
  const longest =
    strategy === 'nothing' || strategy === 'refuse' || stall === undefined
      ? ''
      : `; writers stand still for at most ${humanMs(stall)}`;
  return `${locks[online ? 'inplace' : strategy]}${longest}`;
}

function rejectedText({ rejected }: PlannedStatement, style: TextStyle): string {
  return rejected
    .map(({ strategy, reason, durationMs }, i) => {
      const duration = durationMs === undefined ? '' : ` (${humanRange(durationMs)})`;
      return row(style, i === 0 ? 'Not' : '', `${strategy}${duration}: ${oneLine(reason.text)}`);
    })
    .join('');
}

const severity = ['danger', 'unknown', 'warning', 'ok'] as const satisfies Check['level'][];
const marks = { danger: 'red', unknown: 'yellow', warning: 'yellow', ok: 'green' } as const;

function checksText(checks: readonly Check[], style: TextStyle): string {
  const bad = severity
    .filter((level) => level !== 'ok')
    .flatMap((level) => checks.filter((check) => check.level === level))
    .map((check) => `${ink(style, marks[check.level], check.level)} ${checkText(check)}`);
  const fine = checks.filter(({ level }) => level === 'ok').length;
  const lines = fine === 0 ? bad : [...bad, ink(style, 'green', `${counted(fine, 'check')} found nothing`)];
  return lines.map((line, i) => row(style, i === 0 ? 'Checks' : '', line)).join('');
}

function checkText({ id, text, count, samples, fix }: Check): string {
  const found = count === undefined ? '' : ` (${humanCount(count)})`;
  const examples = samples?.slice(0, 3).map((sample) => oneLine(sampleText(sample), 40)) ?? [];
  const such = examples.length === 0 ? '' : `; for example ${examples.join(', ')}`;
  return `${id}: ${oneLine(text).replace(/\.$/, '')}${found}${such}${fix === undefined ? '' : `; to mend it: ${oneLine(fix)}`}`;
}

function sampleText(sample: unknown): string {
  return typeof sample === 'string' ? sample : JSON.stringify(sample);
}

function nextText({ statements }: Plan, style: TextStyle): string {
  const refused = statements.filter(({ strategy }) => strategy === 'refuse');
  if (refused.length > 0) {
    return refused
      .map(({ refusal }) => row(style, 'Next', oneLine(refusal?.next ?? 'see the checks')))
      .join('');
  }
  const idle = statements.every(({ strategy }) => strategy === 'nothing');
  return row(
    style,
    'Next',
    idle
      ? 'nothing to do: the change is in place'
      : '`alterwise run` with the same statement makes the change',
  );
}

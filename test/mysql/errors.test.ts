import t from 'tap';
import * as errors from '../../lib/mysql/errors.js';

const {
  accessDenied: _,
  cannotAsk: __,
  connectionLost: ___,
  troubleOf: ____,
  unlessRefused: _____,
  ...predicatesOf
} = errors;

const said = (errno: number, message = 'No.') =>
  Object.assign(new Error(message), { errno, code: `ER_${errno}` });
const lost = (code: string) => Object.assign(new Error('gone'), { code });

type Predicate = Exclude<keyof typeof errors, 'ServerError'>;

/** What is said of an error; whatever is not named is not said of it. */
const cases: [error: unknown, predicates: Predicate[]][] = [
  [said(1205), ['isServerError', 'isLockWaitTimeout']],
  [said(1317), ['isServerError', 'isInterrupted']],
  [said(1969), ['isServerError', 'isInterrupted']],
  [said(1064), ['isServerError', 'isSyntaxError', 'isRefusal']],
  [said(1845), ['isServerError', 'isClassRefused', 'isRefusal']],
  [said(4092), ['isServerError', 'isClassRefused', 'isRefusal']],
  [said(1060), ['isServerError', 'mayBeInPlace', 'isRefusal']],
  [said(1091), ['isServerError', 'mayBeInPlace', 'isRefusal']],
  [said(1022), ['isServerError', 'mayBeInPlace', 'isRefusal']],
  [said(1005, "Can't create table `s`.`t` (errno: 121)"), ['isServerError', 'mayBeInPlace', 'isRefusal']],
  [said(1005, "Can't create table `s`.`t` (errno: 150)"), ['isServerError', 'isRefusal']],
  [said(1062), ['isServerError', 'isRefusal']],
  [said(1227), ['isServerError', 'isAccessDenied']],
  [said(1142), ['isServerError', 'isAccessDenied']],
  [said(1927), ['isServerError', 'isConnectionKilled', 'isConnectionGone']],
  [said(1053), ['isServerError', 'isConnectionKilled', 'isConnectionGone']],
  [said(1146), ['isServerError', 'isUnknownTable', 'isRefusal']],
  [said(1049), ['isServerError', 'isUnknownDatabase', 'isRefusal']],
  [said(1193), ['isServerError', 'isUnknownVariable', 'isRefusal']],
  [lost('PROTOCOL_CONNECTION_LOST'), ['isConnectionLost', 'isConnectionGone']],
  [lost('ECONNRESET'), ['isConnectionLost', 'isConnectionGone']],
  [Object.assign(new Error('closed'), { fatal: true }), ['isConnectionLost', 'isConnectionGone']],
  [Object.assign(said(-104), { code: 'ECONNRESET' }), ['isConnectionLost', 'isConnectionGone']],
  [new Error('a defect'), []],
  [said(22), []],
  ['a string', []],
  [undefined, []],
];

t.test('what an error is', async (t) => {
  for (const [error, predicates] of cases) {
    const is = Object.entries(predicatesOf).flatMap(([name, holds]) => (holds(error) ? [name] : []));
    t.same(is.sort(), [...predicates].sort(), String((error as { errno?: number })?.errno ?? error));
  }
});

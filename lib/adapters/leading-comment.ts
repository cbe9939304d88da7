import { exitCodes, Fault } from '../fault.js';

const comment = /\/\*\s*alterwise\b([\s\S]*?)\*\//i;

/**
 * The options of one statement, out of a comment in front of it: `/* alterwise strategy=gh-ost *\/`.
 * @returns as flags of the command line, by name without dashes; a name without a value is a switch
 * @throws {Fault} exit code 2 where a part of it is no option
 */
export function optionsInComment(lead: string): Record<string, unknown> {
  const flags: Record<string, unknown> = {};
  for (const part of comment.exec(lead)?.[1]?.trim().split(/\s+/) ?? []) {
    if (part === '') continue;
    const [, name, value] = /^([a-z][a-z-]*)(?:=(\S+))?$/.exec(part) ?? [];
    if (name === undefined) throw notAnOption(part);
    const given = flags[name];
    const read = value ?? true;
    flags[name] = given === undefined ? read : [given, read].flat();
  }
  return flags;
}

function notAnOption(part: string): Fault {
  return new Fault(`The comment in front of the statement has ${part}, which is no option.`, {
    id: 'comment-option',
    exitCode: exitCodes.usage,
    next: 'Write name=value, with the names of the command line: /* alterwise strategy=gh-ost lock-budget=10s */.',
  });
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../docs/pages.js';

/** A part of a pipeline that a shell runs. */
export interface ShellStep {
  /** Of the stage, step or job it belongs to. */
  name: string;
  text: string;
  /** What the system runs it with. */
  shell: readonly string[];
}

/** `sh` steps of a declarative pipeline. Those of `post` are named after their condition. */
export function jenkinsSteps(): ShellStep[] {
  const text = read('jenkins/Jenkinsfile');
  return [...text.matchAll(/\bsh\b[^'\n]*'''\n(.*?)'''/gs)].map(({ index, 1: script = '' }) => {
    const before = text.slice(0, index);
    const [, stage, condition] =
      [...before.matchAll(/^ +(?:stage\('(.+)'\)|(aborted|always)) \{$/gm)].at(-1) ?? [];
    return { name: stage ?? condition ?? '', text: script, shell: ['sh', '-xe'] };
  });
}

interface GithubWorkflow {
  jobs: Record<string, { steps: { name?: string; run?: string; if?: string }[] }>;
}

/** `run` steps of all jobs, in their order, as `shell: bash` runs them. */
export function githubSteps(): ShellStep[] {
  const { jobs } = parse(read('github-actions/migrate.yml')) as GithubWorkflow;
  return Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .flatMap(({ name = '', run }) =>
      run === undefined
        ? []
        : [{ name, text: run, shell: ['bash', '--noprofile', '--norc', '-eo', 'pipefail'] }],
    );
}

type GitlabScript = (string | string[])[];

/** `script` of each job, and its `after_script`, which is a shell of its own. */
export function gitlabSteps(): ShellStep[] {
  const jobs = parse(read('gitlab/gitlab-ci.yml')) as Record<
    string,
    { script?: GitlabScript; after_script?: GitlabScript }
  >;
  return Object.entries(jobs).flatMap(([name, { script, after_script: after }]) => [
    ...(script ? [gitlabStep(name, script)] : []),
    ...(after ? [gitlabStep(`after ${name}`, after)] : []),
  ]);
}

function gitlabStep(name: string, lines: GitlabScript): ShellStep {
  return { name, text: lines.flat().join('\n'), shell: ['bash', '-eo', 'pipefail'] };
}

export function read(path: string): string {
  return readFileSync(join(root, 'examples', path), 'utf8');
}

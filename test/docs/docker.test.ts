import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { parse } from 'yaml';
import { environmentName, optionNames } from '../../lib/settings/options.js';
import { built } from '../built.js';
import { root } from './pages.js';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const dockerfile = read('docker/Dockerfile');
const compose: {
  services: { alterwise: { environment: Record<string, string>; volumes: string[] } };
  volumes: Record<string, unknown>;
} = parse(read('docker/compose.yaml'));

t.test('variables of the image, the compose file, the pages and the pipelines are options', async (t) => {
  const known = new Set(optionNames.map(environmentName));
  const files = ['docker/Dockerfile', 'docker/compose.yaml', 'docs/docker.md', 'docs/pipelines.md'];
  const pipelines = ['jenkins/Jenkinsfile', 'github-actions/migrate.yml', 'gitlab/gitlab-ci.yml'];
  for (const file of [...files, ...pipelines.map((name) => `examples/${name}`)]) {
    for (const [name] of read(file).matchAll(/\bALTERWISE_[A-Z_]+\b/g))
      t.ok(known.has(name), `${file}: ${name}`);
  }
});

t.test('what runs leave is in a volume, by the same name everywhere', async (t) => {
  const [, state = 'none'] = /ALTERWISE_STATE_DIR=(\S+)/.exec(dockerfile) ?? [];
  t.match(dockerfile, `VOLUME ${state}\n`);
  t.match(dockerfile, new RegExp(`install --directory --owner node .* ${state}\\n`));
  const [volume, path] = compose.services.alterwise.volumes[0]?.split(':') ?? [];
  t.equal(path, state);
  t.ok(volume !== undefined && volume in compose.volumes);
  const mounted = [...read('docs/docker.md').matchAll(/--volume \w+:(\S+)/g)].map(([, to]) => to);
  t.ok(mounted.length > 0 && mounted.every((to) => to === state), mounted.join(' '));
});

t.test('the command of the image is a link that leads to all of the program', async (t) => {
  const [, target = '', link = ''] = /ln -s (\S+) (\S+)/.exec(dockerfile) ?? [];
  t.equal(link, '/usr/local/bin/alterwise');
  t.match(dockerfile, `ENTRYPOINT ["node", "${target}"]`);
  const program = target.replace('/opt/alterwise/dist', built);
  t.match(readFileSync(program, 'utf8'), /^#!\/usr\/bin\/env node\n/);
  const folder = t.testdir({ state: {} });
  symlinkSync(program, join(folder, 'alterwise'));
  const env = { PATH: process.env.PATH, HOME: folder, ALTERWISE_STATE_DIR: join(folder, 'state') };
  const options = { cwd: folder, env, extendEnv: false } as const;
  const { stdout } = await execa(process.execPath, [join(folder, 'alterwise'), 'status'], options);
  t.match(stdout, /\S/);
});

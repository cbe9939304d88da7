import t from 'tap';
import { promise } from '../../lib/verify/definition.js';

const table = (name: string, options: string, ...lines: string[]) =>
  `CREATE TABLE \`${name}\` (\n${lines.map((line) => `  ${line}`).join(',\n')}\n) ${options}`;
const engine = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4';
const id = '`id` int NOT NULL AUTO_INCREMENT';
const key = 'PRIMARY KEY (`id`)';

t.test('the change is promised in the order in which the clone has it', async (t) => {
  const before = table('t', engine, id, '`a` int', key);
  const after = table('t', engine, '`z` int', id, '`a` bigint', key, 'KEY `k` (`z`)');
  const promised = promise(before, before, after);
  t.ok(promised.ordered);
  t.same(
    promised.after?.split('\n'),
    after.split('\n').map((line) => line.replace(/,$/, '')),
  );
});

t.test('the next AUTO_INCREMENT, and where a parent lives, are not part of a promise', async (t) => {
  const fk = (parent: string) => `CONSTRAINT \`fk\` FOREIGN KEY (\`id\`) REFERENCES ${parent} (\`id\`)`;
  const original = table(
    't',
    'ENGINE=InnoDB AUTO_INCREMENT=4711 DEFAULT CHARSET=utf8mb4',
    id,
    fk('`other`.`p`'),
  );
  const clone = table('t', engine, id, fk('`p`'));
  const promised = promise(original, clone, clone);
  t.equal(promised.before, clone.replaceAll(',\n', '\n'));
  t.equal(promised.after, clone.replaceAll(',\n', '\n'));
});

t.test('what the change leaves alone keeps the words of the original', async (t) => {
  // MySQL 8 shows the character set of a column in a table that was made from SHOW CREATE TABLE, and other things.
  const original = table('t', engine, id, '`a` varchar(9) COLLATE utf8mb4_bin', '`b` timestamp', key);
  const clone = table(
    't',
    engine,
    id,
    '`a` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    '`b` timestamp NULL',
    key,
  );
  const after = table(
    't',
    `${engine} COMMENT='x'`,
    '`b` timestamp NULL',
    id,
    '`aa` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    key,
  );
  const promised = promise(original, clone, after);
  t.ok(promised.ordered);
  t.same(promised.after?.split('\n'), [
    'CREATE TABLE `t` (',
    '  `b` timestamp',
    '  `id` int NOT NULL AUTO_INCREMENT',
    '  `aa` varchar(9) COLLATE utf8mb4_bin',
    '  PRIMARY KEY (`id`)',
    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='x'",
  ]);
});

t.test('what a clone beside the original lacks stays, in no promised place', async (t) => {
  const fk = 'CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `p` (`id`)';
  const original = table('t', engine, id, '`a` int', key, fk);
  const clone = table('_alterwise_0123456789ab_p', engine, id, '`a` int', key);
  const after = table('_alterwise_0123456789ab_p', engine, id, '`a` int', '`z` int', key);
  const promised = promise(original, clone, after);
  t.notOk(promised.ordered);
  t.same(
    promised.after?.split('\n').sort(),
    table('t', engine, id, '`a` int', '`z` int', key, fk)
      .split('\n')
      .map((line) => line.replace(/,$/, ''))
      .sort(),
  );
});

t.test('a CHECK that a clone beside the original has under another name is promised once', async (t) => {
  const check = (name: string) => `CONSTRAINT \`${name}\` CHECK ((\`a\` > 0))`;
  const original = table('t', engine, id, '`a` int', key, check('ck'));
  const [clone, after] = [[], ['`z` int']].map((more) =>
    table('_alterwise_0123456789ab_p', engine, id, '`a` int', ...more, key, check('_alterwise_chk_1')),
  ) as [string, string];
  t.same(
    promise(original, clone, after).after,
    table('t', engine, id, '`a` int', '`z` int', key, check('ck')).replaceAll(',\n', '\n'),
  );
});

t.test('a name in a name, and a comment that looks like a definition', async (t) => {
  const odd = ["`a``b (` int COMMENT 'x, KEY `k` (`a`)'", '`CONSTRAINT` int', 'KEY `a``b (` (`CONSTRAINT`)'];
  const original = table('t', engine, id, ...odd, key);
  const after = table('t', engine, id, ...odd, '`z` int', key);
  t.same(promise(original, original, after).after, after.replaceAll(',\n', '\n'));
});

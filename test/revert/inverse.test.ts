import t from 'tap';
import { inverseOf } from '../../lib/revert/inverse.js';
import { readTable } from '../../lib/table/definition.js';
import { asKept } from '../../lib/table/forms.js';

/** As SHOW CREATE TABLE writes it. */
function table(lines: readonly string[], tail = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4'): string {
  return `CREATE TABLE \`t\` (\n  ${lines.join(',\n  ')}\n) ${tail}`;
}

const id = '`id` int NOT NULL';
const a = '`a` int DEFAULT NULL';
const b = '`b` varchar(20) NOT NULL';

t.test('a table that is what it was needs no statement', (t) => {
  t.same(inverseOf(table([id, a]), table([id, a])), { losses: [] });
  t.same(inverseOf(table([id], 'ENGINE=InnoDB AUTO_INCREMENT=7'), table([id], 'ENGINE=InnoDB')), {
    losses: [],
  });
  t.end();
});

t.test('a column that was added goes, and its values with it', (t) => {
  t.same(inverseOf(table([id]), table([id, a])), {
    alter: 'DROP COLUMN `a`',
    losses: [
      { id: 'revert-values-lost', text: 'The values that a has now are lost: the column is dropped.' },
    ],
  });
  t.end();
});

t.test('a column that was dropped comes back in its place, and says what it has then', (t) => {
  const { alter, losses } = inverseOf(table([id, a, b]), table([id]));
  t.equal(alter, 'ADD COLUMN `a` int DEFAULT NULL, ADD COLUMN `b` varchar(20) NOT NULL');
  t.match(losses, [{ text: /every row gets NULL\./ }, { text: /the implicit default of its type/ }]);
  t.equal(inverseOf(table([a, id]), table([id])).alter, 'ADD COLUMN `a` int DEFAULT NULL FIRST');
  t.equal(inverseOf(table([id, a, b]), table([id, b])).alter, 'ADD COLUMN `a` int DEFAULT NULL AFTER `id`');
  t.match(inverseOf(table([id, "`a` int DEFAULT '-7'"]), table([id])).losses, [
    { text: /its default, '-7'\./ },
  ]);
  t.end();
});

t.test('a date without a default may not come back', (t) => {
  const { losses } = inverseOf(table([id, '`d` date NOT NULL']), table([id]));
  t.same(
    losses.map(({ id }) => id.replace(/^revert-/, '')),
    ['values-gone', 'no-value'],
  );
  t.end();
});

t.test('a renamed column is known by the hint alone', (t) => {
  const [before, after] = [table([id, a]), table([id, '`aa` int DEFAULT NULL'])];
  t.same(inverseOf(before, after, [{ from: 'AA', to: 'a' }]), {
    alter: 'CHANGE COLUMN `aa` `a` int DEFAULT NULL',
    losses: [],
  });
  t.equal(inverseOf(before, after).alter, 'DROP COLUMN `aa`, ADD COLUMN `a` int DEFAULT NULL');
  t.equal(
    inverseOf(before, after, [{ from: 'gone', to: 'a' }]).alter,
    inverseOf(before, after).alter,
    'a hint at what is not there is none',
  );
  t.end();
});

t.test('as few columns as possible are moved', (t) => {
  const [one, two, three, four] = ['1', '2', '3', '4'].map((name) => `\`${name}\` int`) as [
    string,
    string,
    string,
    string,
  ];
  const { alter } = inverseOf(table([one, two, three, four]), table([four, one, two, three]));
  t.equal(alter, 'MODIFY COLUMN `4` int AFTER `3`');
  t.end();
});

t.test('what was written under a wider type may not fit', (t) => {
  const idsOf = (before: string, after: string) =>
    inverseOf(table([id, before]), table([id, after])).losses.map(({ id }) => id.replace(/^revert-/, ''));
  t.same(idsOf('`a` int', '`a` bigint'), ['may-not-fit']);
  t.same(idsOf('`a` bigint', '`a` int'), []);
  t.same(idsOf('`a` int NOT NULL', '`a` int DEFAULT NULL'), ['nulls']);
  t.same(idsOf('`a` datetime(3)', '`a` datetime'), ['rounded']);
  t.same(idsOf('`a` datetime', '`a` datetime(3)'), ['rounded']);
  t.same(idsOf('`a` int', '`a` varchar(20)'), ['converted']);
  t.same(idsOf("`a` enum('x')", "`a` enum('x','y')"), ['may-not-fit']);
  t.same(idsOf('`a` varchar(9) CHARACTER SET latin1', '`a` varchar(9)'), ['may-not-fit']);
  t.same(idsOf('`a` varchar(9)', '`a` varchar(9) CHARACTER SET latin1'), []);
  t.end();
});

t.test('a column that has the character set of its table is the same where it is written out', (t) => {
  const before = table(['`c` varchar(9) COLLATE utf8mb4_bin'], 'DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin');
  const after = table(['`c` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'], 'DEFAULT CHARSET=latin1');
  t.same(inverseOf(before, after), { alter: 'DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin', losses: [] });
  t.end();
});

t.test('a key that was dropped is made, and a unique one may refuse rows', (t) => {
  const before = table([id, a, 'UNIQUE KEY `u` (`a`)', 'KEY `k` (`a`)']);
  const { alter, losses } = inverseOf(before, table([id, a]));
  t.equal(alter, 'ADD UNIQUE KEY `u` (`a`), ADD KEY `k` (`a`)');
  t.same(
    losses.map(({ id }) => id.replace(/^revert-/, '')),
    ['duplicates'],
  );
  const narrower = table([id, a, 'UNIQUE KEY `v` (`a`)']);
  t.same(inverseOf(table([id, a, 'UNIQUE KEY `u` (`id`,`a`)']), narrower).losses, [], 'unique all the same');
  t.end();
});

t.test('a key that has another name is renamed, and one that is hidden is shown', (t) => {
  const before = table([id, 'KEY `k` (`id`)']);
  t.equal(inverseOf(before, table([id, 'KEY `l` (`id`)'])).alter, 'RENAME INDEX `l` TO `k`');
  const hidden = table([id, 'KEY `k` (`id`) /*!80000 INVISIBLE */']);
  t.equal(inverseOf(before, hidden).alter, 'ALTER INDEX `k` VISIBLE');
  t.equal(inverseOf(hidden, before).alter, 'ALTER INDEX `k` INVISIBLE');
  t.equal(inverseOf(before, table([id, 'KEY `k` (`id`) IGNORED'])).alter, 'ALTER INDEX `k` NOT IGNORED');
  t.end();
});

t.test(
  'a foreign key comes back with the schema of its parent, and not in one statement under its own name',
  (t) => {
    const link = 'CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `s`.`o` (`id`)';
    const { alter, losses } = inverseOf(table([id, a, link]), table([id, a]));
    t.equal(alter, `ADD ${link}`);
    t.same(
      losses.map(({ id }) => id.replace(/^revert-/, '')),
      ['orphans'],
    );
    const other = inverseOf(table([id, a, link]), table([id, a, `${link} ON DELETE CASCADE`]));
    t.match(other, { alter: undefined, refused: /foreign key fk/ });
    t.end();
  },
);

t.test('a CHECK that a copy has named otherwise keeps that name', (t) => {
  const rule = (name: string) => table([id, `CONSTRAINT \`${name}\` CHECK ((\`id\` > 0))`]);
  const { alter, losses } = inverseOf(rule('t_chk_1'), rule('_t_gho_chk_1'));
  t.equal(alter, undefined);
  t.same(
    losses.map(({ id }) => id.replace(/^revert-/, '')),
    ['check-name'],
  );
  t.end();
});

t.test('definitions may have lost the commas at the ends of their lines', (t) => {
  const cut = (names: readonly string[]) =>
    `\n/*!50100 PARTITION BY RANGE (\`id\`)\n(${names.map((name, i) => `PARTITION ${name} VALUES LESS THAN (${i + 1}) ENGINE = InnoDB`).join(',\n ')}) */`;
  const before = table([id, a, 'KEY `k` (`a`)'], `ENGINE=InnoDB${cut(['p0', 'p1'])}`);
  const after = table([id], 'ENGINE=InnoDB');
  const bare = (text: string) => {
    const model = readTable(text);
    return model === undefined ? '' : asKept(model);
  };
  t.same(inverseOf(bare(before), bare(after)), inverseOf(before, after));
  t.match(
    inverseOf(before, after).alter,
    /ADD KEY `k` \(`a`\) PARTITION BY RANGE \(`id`\)\n\(PARTITION p0 .*,\n PARTITION p1/,
  );
  t.end();
});

t.test('what no statement takes back is refused', (t) => {
  const { refused, alter } = inverseOf(table([id]), table([id], 'ENGINE=InnoDB WITH SYSTEM VERSIONING'));
  t.match(refused, /WITH SYSTEM VERSIONING/);
  t.equal(alter, undefined);
  t.match(inverseOf('', table([id])).refused, /not a table/);
  t.match(inverseOf(table([id]), table([id], "ENGINE=InnoDB NEWEST='x'")).refused, /NEWEST='x'/);
  t.end();
});

import t from 'tap';
import { makePlan } from '../../lib/plan/make-plan.js';
import { rowsElsewhere } from '../../lib/probe/faults.js';
import { serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema } from '../servers.js';
import { deadScratch } from '../support/leftovers.js';
import { requestFor } from '../support/request.js';
import { nothingWasChanged } from '../support/texts.js';

t.test('only a table whose engine keeps its rows can have a copy with rows of its own', async (t) => {
  const withOptions = (options: string) => `CREATE TABLE \`t\` (\n  \`id\` int\n)${options}`;
  for (const options of [
    ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4',
    " ENGINE=InnoDB DATA DIRECTORY='/srv/fast/'",
    ' ENGINE=MyISAM ROW_FORMAT=DYNAMIC',
    " ENGINE=Aria TRANSACTIONAL=1 COMMENT='of the DATA DIRECTORY'",
    ' ENGINE=MEMORY',
    ' ENGINE=ROCKSDB',
    '', // NO_TABLE_OPTIONS
  ]) {
    t.equal(rowsElsewhere(withOptions(options)), undefined, options);
  }
  for (const [options, why] of [
    [' ENGINE=MRG_MyISAM INSERT_METHOD=LAST UNION=(`a`.`t1`)', /MRG_MyISAM/],
    [" ENGINE=FEDERATED CONNECTION='mysql://u@h/d/t'", /FEDERATED/],
    [' ENGINE=SPIDER COMMENT=\'srv "s1"\'', /SPIDER/],
    [' ENGINE=CONNECT TABLE_TYPE=MYSQL', /CONNECT/],
    [" ENGINE=MyISAM DATA DIRECTORY='/srv/fast/'", /DATA DIRECTORY/],
    [
      " ENGINE=MyISAM\n/*!50100 PARTITION BY HASH (id)\n(PARTITION p0 INDEX DIRECTORY = '/srv' ENGINE = MyISAM) */",
      /INDEX DIRECTORY/,
    ],
  ] as const) {
    t.match(rowsElsewhere(withOptions(options)), why, options);
  }
});

t.test('a change of a MERGE table, or into one, is not tried: the rows behind it stay', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const [schema, behind] = [await freshSchema(t, server), await freshSchema(t, server)];
    const columns = '(id INT NOT NULL, a INT)';
    for (const table of ['t1', 't2']) {
      await behind.query(`CREATE TABLE ${table} ${columns} ENGINE=MyISAM`);
      await behind.query(`INSERT INTO ${table} VALUES (1, 1), (2, 2)`);
    }
    const merge = `ENGINE=MERGE UNION=(${behind.name}.t1, ${behind.name}.t2) INSERT_METHOD=LAST`;
    await schema.query(`CREATE TABLE m ${columns} ${merge}`);
    await behind.query(`CREATE TABLE m ${columns} ${merge}`);
    await schema.query(`CREATE TABLE own ${columns} ENGINE=MyISAM`);
    for (const sql of [
      `ALTER TABLE ${schema.name}.m COMMENT='x'`,
      `ALTER TABLE ${schema.name}.m MODIFY a BIGINT`,
      `ALTER TABLE ${behind.name}.m COMMENT='x'`,
      `ALTER TABLE ${schema.name}.own ${merge}`,
    ]) {
      await t.rejects(
        makePlan(requestFor(server, sql)),
        {
          id: 'rows-elsewhere',
          exitCode: 4,
          message: /MRG_MyISAM/i,
          state: nothingWasChanged,
          next: String,
        },
        sql,
      );
      for (const table of ['t1', 't2']) {
        t.same(
          await behind.query(`SELECT * FROM ${table}`),
          [
            { id: 1, a: 1 },
            { id: 2, a: 2 },
          ],
          `${table} after ${sql}`,
        );
      }
    }
    t.same(await deadScratch(schema), []);
  });
});

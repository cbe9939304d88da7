import t from 'tap';
import type { Compatibility } from '../../lib/documents/plan.js';
import { makePlan } from '../../lib/plan/make-plan.js';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { plannedAlter } from '../support/planned.js';
import { requestFor } from '../support/request.js';

const table = `CREATE TABLE t (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email VARCHAR(100) NOT NULL,
  total DECIMAL(10,2) NOT NULL,
  qty INT NOT NULL DEFAULT 1,
  state ENUM('new','paid') NOT NULL DEFAULT 'new',
  memo VARCHAR(50),
  UNIQUE KEY u_email (email)
) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_general_ci`;

/** What the previous version of the application does, and the new one. */
const insert = "INSERT INTO t (email, total) VALUES ('b@x', 2)";
const positional = "INSERT INTO t VALUES (NULL, 'c@x', 3, 1, 'new', NULL)";

interface Case {
  alter: string;
  previous: Compatibility['previousOnNew']['works'];
  next: Compatibility['newOnPrevious']['works'];
  /** Statements of the previous version that work on the new schema, and that do not. */
  goes?: string[];
  fails?: string[];
  /** A statement of the new version that fails on the old schema. */
  early?: string;
}

const cases: Case[] = [
  {
    alter: 'DROP COLUMN total',
    previous: 'no',
    next: 'no',
    fails: [insert],
    early: "INSERT INTO t (email) VALUES ('d@x')",
  },
  {
    alter: 'CHANGE memo note VARCHAR(50)',
    previous: 'no',
    next: 'no',
    fails: ['SELECT memo FROM t'],
    early: 'SELECT note FROM t',
  },
  {
    alter: 'ADD COLUMN code INT NOT NULL',
    previous: 'no',
    next: 'no',
    fails: [insert, positional],
    early: 'SELECT code FROM t',
  },
  { alter: 'ADD COLUMN code INT', previous: 'maybe', next: 'no', goes: [insert], fails: [positional] },
  {
    alter: "ADD COLUMN code ENUM('x','y') NOT NULL",
    previous: 'maybe',
    next: 'no',
    goes: [insert],
    fails: [positional],
  },
  { alter: 'ADD COLUMN code INT INVISIBLE', previous: 'yes', next: 'no', goes: [insert, positional] },
  {
    alter: 'MODIFY total DECIMAL(6,2) NOT NULL',
    previous: 'maybe',
    next: 'yes',
    goes: [insert],
    fails: ["INSERT INTO t (email, total) VALUES ('e', 1234567)"],
  },
  {
    alter: 'MODIFY total DECIMAL(12,2) NOT NULL',
    previous: 'yes',
    next: 'maybe',
    goes: [insert],
    early: "INSERT INTO t (email, total) VALUES ('e', 1234567890)",
  },
  {
    alter: "MODIFY state ENUM('new') NOT NULL DEFAULT 'new'",
    previous: 'no',
    next: 'maybe',
    goes: [insert],
    fails: ["UPDATE t SET state='paid'"],
  },
  {
    alter: "MODIFY state ENUM('new','paid','sent') NOT NULL DEFAULT 'new'",
    previous: 'yes',
    next: 'no',
    goes: [insert],
    early: "UPDATE t SET state='sent'",
  },
  {
    alter: 'MODIFY memo VARCHAR(50) NOT NULL',
    previous: 'maybe',
    next: 'maybe',
    fails: [insert, 'UPDATE t SET memo=NULL'],
  },
  {
    alter: 'ADD UNIQUE INDEX u_total (total)',
    previous: 'maybe',
    next: 'maybe',
    fails: ["INSERT INTO t (email, total) VALUES ('f', 1)"],
  },
  {
    alter: 'ADD CONSTRAINT c CHECK (qty > 0)',
    previous: 'maybe',
    next: 'yes',
    goes: [insert],
    fails: ['UPDATE t SET qty=0'],
  },
  {
    alter: 'ADD COLUMN twice INT AS (qty * 2) STORED',
    previous: 'maybe',
    next: 'no',
    goes: [insert],
    fails: [positional],
  },
  {
    alter: 'DROP INDEX u_email',
    previous: 'maybe',
    next: 'maybe',
    goes: [insert],
    fails: ['SELECT * FROM t FORCE INDEX (u_email)'],
  },
  { alter: 'ADD INDEX k (memo)', previous: 'yes', next: 'yes', goes: [insert, positional] },
  { alter: "COMMENT 'x'", previous: 'yes', next: 'yes', goes: [insert, positional] },
];

t.test('what a plan says of the application is what the server does', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query("SET SESSION sql_mode='STRICT_TRANS_TABLES'");
    for (const { alter, previous, next, goes = [], fails = [], early } of cases) {
      await schema.query('DROP TABLE IF EXISTS t');
      await schema.query(table);
      await schema.query("INSERT INTO t (email, total, memo) VALUES ('a@x', 1, '')");
      const plan = await makePlan(requestFor(server, `ALTER TABLE ${schema.name}.t ${alter}`));
      const { compatibility } = plannedAlter(plan);
      t.equal(compatibility?.previousOnNew.works, previous, `${alter}: previous on new`);
      t.equal(compatibility?.newOnPrevious.works, next, `${alter}: new on previous`);
      if (early) t.notOk(await works(schema, early), `${alter}: too early: ${early}`);
      await schema.query(`ALTER TABLE t ${alter}`);
      for (const sql of goes) t.ok(await works(schema, sql), `${alter}: ${sql}`);
      for (const sql of fails) t.notOk(await works(schema, sql), `${alter}: ${sql}`);
    }
  });
});

t.test('the steps of a rename can be taken one after the other', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query(table);
    await schema.query(insert);
    const plan = await makePlan(
      requestFor(server, `ALTER TABLE ${schema.name}.t CHANGE email mail VARCHAR(100) NOT NULL`),
    );
    const steps = plannedAlter(plan).compatibility?.steps ?? [];
    t.ok(steps.length >= 6, steps.join('\n'));
    for (const step of steps) {
      if (/^(ALTER|UPDATE) /.test(step)) await schema.query(step.replace(/ \(in pieces.*/, ''));
    }
    t.match(await schema.query('SELECT mail FROM t'), [{ mail: 'b@x' }], 'the values are in the new column');
    const columns = await schema.query<{ Field: string; Null: string }>('SHOW COLUMNS FROM t');
    t.notOk(columns.some(({ Field }) => Field === 'email'));
    t.match(
      columns.find(({ Field }) => Field === 'mail'),
      { Null: 'NO' },
    );
  });
});

async function works(schema: Schema, sql: string): Promise<boolean> {
  await schema.query('START TRANSACTION');
  try {
    await schema.query(sql);
    return true;
  } catch {
    return false;
  } finally {
    await schema.query('ROLLBACK');
  }
}

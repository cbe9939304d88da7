import { expectTypeOf } from 'expect-type';
import * as plain from 'mysql2';
import * as plainPromised from 'mysql2/promise';
import t from 'tap';
import * as tame from '../../lib/adapters/mysql2.js';
import * as tamePromised from '../../lib/adapters/mysql2-promise.js';

/** What `tsc` finds here, `npm test` shows with the other types; when this is run, names are compared. */
t.test('alterwise/mysql2 has the types of mysql2', async (t) => {
  expectTypeOf<keyof typeof plain>().toExtend<keyof typeof tame>();
  expectTypeOf(tame.default).toEqualTypeOf<typeof plain>();
  expectTypeOf(tame.createConnection).toEqualTypeOf<typeof plain.createConnection>();
  expectTypeOf(tame.connect).toEqualTypeOf<typeof plain.createConnection>();
  expectTypeOf(tame.createPool).toEqualTypeOf<typeof plain.createPool>();
  expectTypeOf(tame.createPoolCluster).toEqualTypeOf<typeof plain.createPoolCluster>();
  expectTypeOf(tame.createServer).toEqualTypeOf<typeof plain.createServer>();
  expectTypeOf(tame.format).toEqualTypeOf<typeof plain.format>();
  expectTypeOf(tame.Types).toEqualTypeOf<typeof plain.Types>();
  expectTypeOf<tame.Connection>().toEqualTypeOf<plain.Connection>();
  expectTypeOf<tame.Pool>().toEqualTypeOf<plain.Pool>();
  expectTypeOf<tame.PoolConnection>().toEqualTypeOf<plain.PoolConnection>();
  expectTypeOf<tame.PoolOptions>().toEqualTypeOf<plain.PoolOptions>();
  expectTypeOf<tame.QueryError>().toEqualTypeOf<plain.QueryError>();
  expectTypeOf<tame.ResultSetHeader>().toEqualTypeOf<plain.ResultSetHeader>();
  expectTypeOf<tame.RowDataPacket>().toEqualTypeOf<plain.RowDataPacket>();
  t.strictSame(missing(plain, tame), []);
});

t.test('alterwise/mysql2/promise has the types of mysql2/promise', async (t) => {
  expectTypeOf<keyof typeof plainPromised>().toExtend<keyof typeof tamePromised>();
  expectTypeOf(tamePromised.default).toEqualTypeOf<typeof plainPromised>();
  expectTypeOf(tamePromised.createConnection).toEqualTypeOf<typeof plainPromised.createConnection>();
  expectTypeOf(tamePromised.createPool).toEqualTypeOf<typeof plainPromised.createPool>();
  expectTypeOf(tamePromised.createPoolCluster).toEqualTypeOf<typeof plainPromised.createPoolCluster>();
  expectTypeOf<tamePromised.Connection>().toEqualTypeOf<plainPromised.Connection>();
  expectTypeOf<tamePromised.Pool>().toEqualTypeOf<plainPromised.Pool>();
  expectTypeOf<tamePromised.PoolConnection>().toEqualTypeOf<plainPromised.PoolConnection>();
  t.strictSame(missing(plainPromised, tamePromised), []);
});

interface User extends tame.RowDataPacket {
  id: number;
}

/** Never called: what a user writes, as it is with mysql2. */
export async function written(): Promise<void> {
  const connection = tame.createConnection({ host: 'db', namedPlaceholders: true });
  connection.query<User[]>('SELECT id FROM users', (error, rows) => {
    expectTypeOf(error).toEqualTypeOf<plain.QueryError | null>();
    expectTypeOf(rows).toEqualTypeOf<User[]>();
  });
  const pool = tamePromised.createPool('mysql://db/shop');
  const [rows] = await pool.query<User[]>('SELECT id FROM users');
  expectTypeOf(rows[0]?.id).toEqualTypeOf<number | undefined>();
  const [header] = await pool.execute<tame.ResultSetHeader>('ALTER TABLE users ADD more INT');
  expectTypeOf(header.affectedRows).toEqualTypeOf<number>();
  // @ts-expect-error: nobody has this option
  tame.createPool({ hostess: 'db' });
}

/** Names that a module has and another has not. */
function missing(one: object, other: object): string[] {
  return Object.keys(one).filter((name) => !(name in other));
}

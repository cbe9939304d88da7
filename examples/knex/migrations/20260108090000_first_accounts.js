/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex('accounts').insert([
    { id: 1, email: 'ada@example.com', name: 'Ada', created_at: '2026-01-08 09:00:00' },
    { id: 2, email: 'bob@example.com', name: 'Bob', created_at: '2026-01-08 09:00:00' },
  ]);
  await knex('invoices').insert([
    { account_id: 1, amount: 12.5 },
    { account_id: 2, amount: 99 },
  ]);
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex('invoices').del();
  await knex('accounts').del();
};

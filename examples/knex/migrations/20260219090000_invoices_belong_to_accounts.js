/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex.schema.alterTable('invoices', (table) => {
    table.foreign('account_id', 'invoices_account').references('accounts.id').onDelete('RESTRICT');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex.schema.alterTable('invoices', (table) => {
    table.dropForeign('account_id', 'invoices_account');
  });
};

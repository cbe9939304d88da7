/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex.schema.alterTable('invoices', (table) => {
    table.index(['account_id', 'due_on'], 'invoices_by_account');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex.schema.alterTable('invoices', (table) => {
    table.dropIndex(['account_id', 'due_on'], 'invoices_by_account');
  });
};

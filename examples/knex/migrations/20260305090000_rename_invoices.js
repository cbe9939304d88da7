/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex.schema.renameTable('invoices', 'bills');
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex.schema.renameTable('bills', 'invoices');
};

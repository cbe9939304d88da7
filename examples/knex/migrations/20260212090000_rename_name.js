/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex.schema.alterTable('accounts', (table) => {
    table.renameColumn('name', 'full_name');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex.schema.alterTable('accounts', (table) => {
    table.renameColumn('full_name', 'name');
  });
};

/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex.schema.alterTable('accounts', (table) => {
    table.string('phone', 30).nullable();
    table.boolean('is_active').notNullable().defaultTo(true);
  });
  await knex.schema.alterTable('invoices', (table) => {
    table.date('due_on').nullable();
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex.schema.alterTable('invoices', (table) => {
    table.dropColumn('due_on');
  });
  await knex.schema.alterTable('accounts', (table) => {
    table.dropColumns('phone', 'is_active');
  });
};

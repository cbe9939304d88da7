/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex.schema.alterTable('invoices', (table) => {
    table.string('state', 40).notNullable().defaultTo('open').alter();
  });
  await knex.schema.alterTable('invoices', (table) => {
    table.decimal('amount', 12, 2).notNullable().alter();
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex.schema.alterTable('invoices', (table) => {
    table.decimal('amount', 8, 2).notNullable().alter();
  });
  await knex.schema.alterTable('invoices', (table) => {
    table.string('state', 10).notNullable().defaultTo('open').alter();
  });
};

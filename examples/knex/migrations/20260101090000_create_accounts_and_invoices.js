/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex.schema.createTable('accounts', (table) => {
    table.increments('id');
    table.string('email', 190).notNullable();
    table.string('name', 100).notNullable();
    table.dateTime('created_at').notNullable();
  });
  await knex.schema.createTable('invoices', (table) => {
    table.bigIncrements('id');
    table.integer('account_id').unsigned().notNullable();
    table.decimal('amount', 8, 2).notNullable();
    table.string('state', 10).notNullable().defaultTo('open');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex.schema.dropTable('invoices');
  await knex.schema.dropTable('accounts');
};

/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex.schema.alterTable('accounts', (table) => {
    table.dropColumn('phone');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex.schema.alterTable('accounts', (table) => {
    table.string('phone', 30).nullable().after('created_at');
  });
};

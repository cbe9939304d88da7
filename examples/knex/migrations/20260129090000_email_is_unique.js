/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex.schema.alterTable('accounts', (table) => {
    table.unique(['email'], { indexName: 'accounts_email' });
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex.schema.alterTable('accounts', (table) => {
    table.dropUnique(['email'], 'accounts_email');
  });
};

/** @implements {import('typeorm').MigrationInterface} */
module.exports = class InvoicesAreBills1760000000010 {
  /** @param {import('typeorm').QueryRunner} queryRunner */
  async up(queryRunner) {
    await queryRunner.dropIndex('invoices', 'invoices_total');
    await queryRunner.renameTable('invoices', 'bills');
  }

  /** @param {import('typeorm').QueryRunner} queryRunner */
  async down(queryRunner) {
    await queryRunner.renameTable('bills', 'invoices');
    await queryRunner.query('CREATE INDEX invoices_total ON invoices (total)');
  }
};

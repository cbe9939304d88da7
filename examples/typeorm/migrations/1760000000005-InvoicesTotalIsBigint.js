/**
 * In SQL, because `changeColumn` drops the column and adds it anew where its type changes, and its values with it.
 *
 * @implements {import('typeorm').MigrationInterface}
 */
module.exports = class InvoicesTotalIsBigint1760000000005 {
  /** @param {import('typeorm').QueryRunner} queryRunner */
  async up(queryRunner) {
    await queryRunner.query('ALTER TABLE invoices MODIFY total BIGINT NOT NULL DEFAULT 0');
  }

  /** @param {import('typeorm').QueryRunner} queryRunner */
  async down(queryRunner) {
    await queryRunner.query('ALTER TABLE invoices MODIFY total INT NOT NULL DEFAULT 0');
  }
};

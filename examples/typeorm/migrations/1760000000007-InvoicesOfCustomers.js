const { TableForeignKey } = require('typeorm');

/** @implements {import('typeorm').MigrationInterface} */
module.exports = class InvoicesOfCustomers1760000000007 {
  /** @param {import('typeorm').QueryRunner} queryRunner */
  async up(queryRunner) {
    await queryRunner.createForeignKey(
      'invoices',
      new TableForeignKey({
        name: 'invoices_customer',
        columnNames: ['customer_id'],
        referencedTableName: 'customers',
        referencedColumnNames: ['id'],
      }),
    );
  }

  /** @param {import('typeorm').QueryRunner} queryRunner */
  async down(queryRunner) {
    await queryRunner.dropForeignKey('invoices', 'invoices_customer');
    // The server made this index for the foreign key, and TypeORM does not see it.
    await queryRunner.query('DROP INDEX invoices_customer ON invoices');
  }
};

const { Table } = require('typeorm');

/** @implements {import('typeorm').MigrationInterface} */
module.exports = class CreateInvoices1760000000002 {
  /** @param {import('typeorm').QueryRunner} queryRunner */
  async up(queryRunner) {
    await queryRunner.createTable(
      new Table({
        name: 'invoices',
        columns: [
          { name: 'id', type: 'int', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'customer_id', type: 'int' },
          { name: 'total', type: 'int', default: 0 },
        ],
        indices: [{ name: 'invoices_total', columnNames: ['total'] }],
      }),
    );
    await queryRunner.query(
      'INSERT INTO invoices (customer_id, total) VALUES (1, 1200), (1, 350), (2, 90000)',
    );
  }

  /** @param {import('typeorm').QueryRunner} queryRunner */
  async down(queryRunner) {
    await queryRunner.dropTable('invoices');
  }
};

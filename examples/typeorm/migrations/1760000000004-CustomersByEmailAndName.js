const { TableIndex } = require('typeorm');

/** @implements {import('typeorm').MigrationInterface} */
module.exports = class CustomersByEmailAndName1760000000004 {
  /** @param {import('typeorm').QueryRunner} queryRunner */
  async up(queryRunner) {
    await queryRunner.createIndex(
      'customers',
      new TableIndex({ name: 'customers_email', columnNames: ['email'], isUnique: true }),
    );
    await queryRunner.createIndex(
      'customers',
      new TableIndex({ name: 'customers_name', columnNames: ['name'] }),
    );
  }

  /** @param {import('typeorm').QueryRunner} queryRunner */
  async down(queryRunner) {
    await queryRunner.dropIndex('customers', 'customers_name');
    await queryRunner.dropIndex('customers', 'customers_email');
  }
};

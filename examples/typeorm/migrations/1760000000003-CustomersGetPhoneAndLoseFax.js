const { TableColumn } = require('typeorm');

const phone = { name: 'phone', type: 'varchar', length: '40', isNullable: true };
const fax = { name: 'fax', type: 'varchar', length: '40', isNullable: true };

/** @implements {import('typeorm').MigrationInterface} */
module.exports = class CustomersGetPhoneAndLoseFax1760000000003 {
  /** @param {import('typeorm').QueryRunner} queryRunner */
  async up(queryRunner) {
    await queryRunner.addColumn('customers', new TableColumn(phone));
    await queryRunner.dropColumn('customers', 'fax');
  }

  /** @param {import('typeorm').QueryRunner} queryRunner */
  async down(queryRunner) {
    await queryRunner.addColumn('customers', new TableColumn(fax));
    await queryRunner.dropColumn('customers', 'phone');
  }
};

const { TableColumn } = require('typeorm');

const fullName = { name: 'full_name', type: 'varchar', length: '80' };

/** @implements {import('typeorm').MigrationInterface} */
module.exports = class CustomersNameIsRequired1760000000009 {
  /** @param {import('typeorm').QueryRunner} queryRunner */
  async up(queryRunner) {
    await queryRunner.changeColumn(
      'customers',
      'full_name',
      new TableColumn({ ...fullName, isNullable: false }),
    );
  }

  /** @param {import('typeorm').QueryRunner} queryRunner */
  async down(queryRunner) {
    await queryRunner.changeColumn(
      'customers',
      'full_name',
      new TableColumn({ ...fullName, isNullable: true }),
    );
  }
};

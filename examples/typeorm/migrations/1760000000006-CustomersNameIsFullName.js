/** @implements {import('typeorm').MigrationInterface} */
module.exports = class CustomersNameIsFullName1760000000006 {
  /** @param {import('typeorm').QueryRunner} queryRunner */
  async up(queryRunner) {
    await queryRunner.renameColumn('customers', 'name', 'full_name');
  }

  /** @param {import('typeorm').QueryRunner} queryRunner */
  async down(queryRunner) {
    await queryRunner.renameColumn('customers', 'full_name', 'name');
  }
};

/** Only data: where rows and the table change, these are two migrations. @implements {import('typeorm').MigrationInterface} */
module.exports = class CustomersHaveAName1760000000008 {
  /** @param {import('typeorm').QueryRunner} queryRunner */
  async up(queryRunner) {
    await queryRunner.query(
      "UPDATE customers SET full_name = SUBSTRING_INDEX(email, '@', 1) WHERE full_name IS NULL",
    );
  }

  async down() {}
};

const { Table } = require('typeorm');

/** @implements {import('typeorm').MigrationInterface} */
module.exports = class CreateCustomers1760000000001 {
  /** @param {import('typeorm').QueryRunner} queryRunner */
  async up(queryRunner) {
    await queryRunner.createTable(
      new Table({
        name: 'customers',
        columns: [
          { name: 'id', type: 'int', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'email', type: 'varchar', length: '120' },
          { name: 'name', type: 'varchar', length: '80', isNullable: true },
          { name: 'fax', type: 'varchar', length: '40', isNullable: true },
        ],
      }),
    );
    await queryRunner.manager
      .createQueryBuilder()
      .insert()
      .into('customers', ['email', 'name'])
      .values([
        { email: 'ada@example.com', name: 'Ada' },
        { email: 'grace@example.com', name: 'Grace' },
        { email: 'edsger@example.com', name: null },
      ])
      .execute();
  }

  /** @param {import('typeorm').QueryRunner} queryRunner */
  async down(queryRunner) {
    await queryRunner.dropTable('customers');
  }
};

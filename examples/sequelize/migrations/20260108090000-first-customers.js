/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface) {
    const at = new Date('2026-01-08T09:00:00Z');
    await queryInterface.bulkInsert('customers', [
      { id: 1, email: 'ada@example.com', name: 'Ada', createdAt: at },
      { id: 2, email: 'bob@example.com', name: 'Bob', createdAt: at },
    ]);
    await queryInterface.bulkInsert('orders', [
      { customerId: 1, total: 12.5, placedAt: at },
      { customerId: 2, total: 99, placedAt: at },
    ]);
  },
  async down(queryInterface) {
    await queryInterface.bulkDelete('orders', {});
    await queryInterface.bulkDelete('customers', {});
  },
};

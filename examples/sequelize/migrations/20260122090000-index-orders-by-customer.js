/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface) {
    await queryInterface.addIndex('orders', ['customerId', 'placedAt'], { name: 'orders_by_customer' });
  },
  async down(queryInterface) {
    await queryInterface.removeIndex('orders', 'orders_by_customer');
  },
};

/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface) {
    await queryInterface.renameTable('orders', 'purchases');
  },
  async down(queryInterface) {
    await queryInterface.renameTable('purchases', 'orders');
  },
};

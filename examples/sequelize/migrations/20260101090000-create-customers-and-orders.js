/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.createTable('customers', {
      id: { type: Sequelize.INTEGER, autoIncrement: true, primaryKey: true },
      email: { type: Sequelize.STRING(190), allowNull: false },
      name: { type: Sequelize.STRING(100), allowNull: false },
      createdAt: { type: Sequelize.DATE, allowNull: false },
    });
    await queryInterface.createTable('orders', {
      id: { type: Sequelize.BIGINT, autoIncrement: true, primaryKey: true },
      customerId: { type: Sequelize.INTEGER, allowNull: false },
      total: { type: Sequelize.DECIMAL(8, 2), allowNull: false },
      status: { type: Sequelize.STRING(10), allowNull: false, defaultValue: 'new' },
      placedAt: { type: Sequelize.DATE, allowNull: false },
    });
  },
  async down(queryInterface) {
    await queryInterface.dropTable('orders');
    await queryInterface.dropTable('customers');
  },
};

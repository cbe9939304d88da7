/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface, Sequelize) {
    const status = { type: Sequelize.STRING(40), allowNull: false, defaultValue: 'new' };
    await queryInterface.changeColumn('orders', 'status', status);
    await queryInterface.changeColumn('orders', 'total', {
      type: Sequelize.DECIMAL(12, 2),
      allowNull: false,
    });
  },
  async down(queryInterface, Sequelize) {
    await queryInterface.changeColumn('orders', 'total', { type: Sequelize.DECIMAL(8, 2), allowNull: false });
    const status = { type: Sequelize.STRING(10), allowNull: false, defaultValue: 'new' };
    await queryInterface.changeColumn('orders', 'status', status);
  },
};

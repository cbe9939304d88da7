/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface) {
    await queryInterface.removeColumn('customers', 'phone');
  },
  async down(queryInterface, Sequelize) {
    await queryInterface.addColumn('customers', 'phone', { type: Sequelize.STRING(30), allowNull: true });
  },
};

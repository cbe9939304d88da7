/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface) {
    await queryInterface.addIndex('customers', ['email'], { name: 'customers_email', unique: true });
  },
  async down(queryInterface) {
    await queryInterface.removeIndex('customers', 'customers_email');
  },
};

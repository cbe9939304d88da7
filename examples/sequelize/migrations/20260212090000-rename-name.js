/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface) {
    await queryInterface.renameColumn('customers', 'name', 'fullName');
  },
  async down(queryInterface) {
    await queryInterface.renameColumn('customers', 'fullName', 'name');
  },
};

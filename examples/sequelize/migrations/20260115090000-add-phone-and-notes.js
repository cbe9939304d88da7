/**
 * Two columns in one transaction. The server commits it at the first ALTER TABLE, with alterwise or without: alterwise
 * lets it pass because nothing was written in it yet.
 *
 * @type {import('sequelize-cli').Migration}
 */
module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.sequelize.transaction(async (transaction) => {
      const phone = { type: Sequelize.STRING(30), allowNull: true };
      await queryInterface.addColumn('customers', 'phone', phone, { transaction });
      await queryInterface.addColumn('orders', 'note', { type: Sequelize.TEXT }, { transaction });
    });
  },
  async down(queryInterface) {
    await queryInterface.removeColumn('orders', 'note');
    await queryInterface.removeColumn('customers', 'phone');
  },
};

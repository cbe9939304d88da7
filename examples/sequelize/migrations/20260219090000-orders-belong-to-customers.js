/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface) {
    await queryInterface.addConstraint('orders', {
      name: 'orders_customer',
      type: 'foreign key',
      fields: ['customerId'],
      references: { table: 'customers', field: 'id' },
      onDelete: 'restrict',
      onUpdate: 'cascade',
    });
  },
  async down(queryInterface) {
    await queryInterface.removeConstraint('orders', 'orders_customer');
  },
};

const { join } = require('node:path');
const { DataSource } = require('typeorm');

module.exports = new DataSource({
  type: process.env.DATABASE_TYPE ?? 'mysql', // or mariadb
  url: process.env.DATABASE_URL,
  driver: require('alterwise/mysql2'), // the one line for alterwise
  migrations: [join(__dirname, 'migrations/*.js')],
});

/**
 * What a throwaway server runs at its first start: root gets a password, from everywhere. One statement a line: that is
 * how servers before 8.0 read an --init-file. Not for a replica to repeat.
 */
export function rootSetUp(password: string): string {
  return [
    'SET sql_log_bin=0;',
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
    `CREATE USER 'root'@'%' IDENTIFIED BY '${password}';`,
    "GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;",
    '',
  ].join('\n');
}

/**
 * What servers without a data dictionary of their own (MySQL 5.7, MariaDB) do table by table, and may stop in the middle
 * of: a table that is gone is gone.
 * @param tables how many it names
 */
export function isPiecemeal({ verb, sql }: { verb: string; sql: string }, tables: number): boolean {
  if (verb === 'DROP TABLE') return tables > 1;
  return verb === 'CREATE TABLE' && /^\s*CREATE\s+OR\s+REPLACE\b/i.test(sql);
}

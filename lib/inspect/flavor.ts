/** Whose server it is; Percona Server, RDS and Aurora are MySQL here. */
export type Flavor = 'mysql' | 'mariadb' | 'tidb' | 'vitess';

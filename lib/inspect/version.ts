/** Whose server it is; Percona Server, RDS and Aurora are MySQL here. */
export type Flavor = 'mysql' | 'mariadb' | 'tidb' | 'vitess';

export interface Version {
  text: string;
  major: number;
  minor: number;
  patch: number;
  atLeast(major: number, minor?: number, patch?: number): boolean;
}

/** @param text what VERSION() says: `9.7.4`, `10.11.19-MariaDB-log`, `5.5.5-10.6.1-MariaDB` (from replication) */
export function parseVersion(text: string): Version {
  const digits = /^(?:5\.5\.5-)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  const [major, minor, patch] = [digits?.[1], digits?.[2], digits?.[3]].map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
  ];
  const atLeast = (a: number, b = 0, c = 0) =>
    major !== a ? major > a : minor !== b ? minor > b : patch >= c;
  return { text, major, minor, patch, atLeast };
}

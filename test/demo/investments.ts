import type { LoadTable } from '../load/index.js';

/** The table of the story, and what its application writes to it. */
export function investments(rows: number): LoadTable {
  return { schema: 'shop', name: 'investments', rows, columns };
}

/** As a careful team would have made it, but for what the story is about. */
export const definition = `CREATE TABLE shop.investments (
  id BIGINT NOT NULL AUTO_INCREMENT,
  reference CHAR(12) NOT NULL,
  user_id INT NOT NULL,
  project_id INT NOT NULL,
  amount_cents INT NOT NULL,
  currency CHAR(3) NOT NULL,
  status ENUM('pending','paid','failed','refunded') NOT NULL DEFAULT 'pending',
  created_at DATETIME NOT NULL,
  updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY user (user_id),
  KEY project (project_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`;

const firstDay = Date.UTC(2021, 0, 1);
const seconds = 5 * 365 * 24 * 3600;

const columns: LoadTable['columns'] = [
  // Each id has its own: 7919 and ten to the tenth have no common divisor.
  {
    name: 'reference',
    constant: true,
    value: (_, id) => `IN${String((id * 7919) % 1e10).padStart(10, '0')}`,
  },
  { name: 'user_id', constant: true, value: (random) => 1 + random.below(200_000) },
  { name: 'project_id', constant: true, value: (random) => 1 + random.below(5_000) },
  { name: 'amount_cents', value: (random) => 1_000 + random.below(5_000_000) },
  { name: 'currency', constant: true, value: (random) => random.pick('EUR', 'USD', 'GBP', 'CHF') },
  { name: 'status', value: (random) => random.pick('pending', 'paid', 'failed', 'refunded') },
  {
    name: 'created_at',
    constant: true,
    value: (random) =>
      new Date(firstDay + random.below(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' '),
  },
];

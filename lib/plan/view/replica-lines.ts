import { addressOf } from '../../inspect/followers.js';
import type { ReplicaState } from '../result.js';

/** What became of a change on the replicas: those that have it together, any other on a line of its own. */
export function replicaLines(replicas: readonly ReplicaState[]): string[] {
  const same = replicas.filter(({ schema }) => schema === 'same').map(addressOf);
  const others = replicas.filter(({ schema }) => schema !== 'same');
  return [...(same.length === 0 ? [] : [`The same table on ${same.join(', ')}`]), ...others.map(line)];
}

/** `db2:3306: the change has not arrived: its replication stands still`. */
function line({ schema, detail = '', ...place }: ReplicaState): string {
  const why = detail === '' ? '' : `: ${detail.replace(/\.$/, '')}`;
  return `${addressOf(place)}: ${words[schema]}${why}`;
}

const words: Readonly<Record<ReplicaState['schema'], string>> = {
  same: 'the same table',
  different: 'the table is another',
  behind: 'the change has not arrived',
  unreachable: 'could not be looked at',
};

import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { ServerFacts } from './server.js';

/**
 * Servers on which alterwise does not work at all.
 * @throws {Fault} exit code 11
 */
export function refuseServer({ flavor, topology, host, version }: ServerFacts): void {
  if (flavor === 'tidb' || flavor === 'vitess') {
    throw new Fault(
      `${host} is ${flavor === 'tidb' ? 'TiDB' : 'Vitess'} (${version.text}), which has an online DDL of its own.`,
      {
        id: `flavor-${flavor}`,
        exitCode: exitCodes.environment,
        next:
          flavor === 'tidb'
            ? 'Send the ALTER to it directly: TiDB changes schemas online.'
            : 'Use ddl_strategy of Vitess.',
      },
    );
  }
  if (topology.readOnly) {
    throw new Fault(`${host} is read-only${topology.isReplica ? ' and follows another server' : ''}.`, {
      id: 'read-only',
      exitCode: exitCodes.environment,
      next: 'Connect to the primary.',
    });
  }
  if (flavor === 'mysql' && !version.atLeast(5, 7)) {
    throw new Fault(`${host} runs MySQL ${version.text}; alterwise knows 5.7 and up.`, {
      id: 'old-server',
      exitCode: exitCodes.environment,
      next: 'Use a newer server.',
    });
  }
}

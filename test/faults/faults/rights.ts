import type { Fault } from '../fault.js';
import type { Scene } from '../scene.js';

const notAtLast: Fault['applies'] = (moment) => moment !== 'locked';

export const rightsFaults: readonly Fault[] = [
  {
    name: 'read_only switched on',
    text: 'for everybody: super_read_only on MySQL, where the writers are root',
    applies: notAtLast,
    inject: async (scene) => {
      const is = scene.server.kind.startsWith('maria') ? 'read_only' : 'super_read_only';
      // It waits for whoever holds a lock on a table.
      const done = scene.root(`SET GLOBAL ${is}=ON`).catch(() => {});
      return async () => {
        await done;
        await scene.root('SET GLOBAL read_only=OFF');
      };
    },
  },
  {
    name: 'privileges revoked',
    text: 'all that the account was granted',
    applies: notAtLast,
    inject: async (scene) => {
      await scene.root(`REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${scene.account}`);
      return () => granted(scene);
    },
  },
  {
    name: 'account dropped',
    text: 'DROP USER',
    applies: (moment) => ['copy', 'apply', 'wait-cut-over'].includes(moment),
    inject: async (scene) => {
      await scene.root(`DROP USER ${scene.account}`);
      return async () => {
        await scene.root(`CREATE USER ${scene.account} IDENTIFIED BY 'secret'`);
        await granted(scene);
      };
    },
  },
];

async function granted(scene: Scene): Promise<void> {
  for (const grant of scene.grants) await scene.root(`GRANT ${grant} TO ${scene.account}`);
}

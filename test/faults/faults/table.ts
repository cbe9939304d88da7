import type { Fault } from '../fault.js';

const name = (scene: Parameters<Fault['inject']>[0]) => `${scene.table.schema}.${scene.table.name}`;
/** Before, others see a table that is not being worked on: then it is a change before the plan, and no fault. */
const working: Fault['applies'] = (moment) =>
  ['copy', 'verify', 'wait-cut-over', 'cut-over', 'locked', 'apply'].includes(moment);

export const tableFaults: readonly Fault[] = [
  {
    name: 'a lock that is never released',
    text: 'a transaction that has read the table stays open',
    applies: (moment) => !['locked', 'clean-up', 'aborting', 'wait-cut-over'].includes(moment),
    inject: async (scene) => {
      await scene.hold();
      return async () => scene.release();
    },
  },
  {
    name: "another session's ALTER",
    text: 'ADD COLUMN on the table',
    applies: working,
    destroys: 'definition',
    inject: (scene) => started(scene, `ALTER TABLE ${name(scene)} ADD COLUMN other INT`),
  },
  {
    name: 'DROP of the table',
    text: '',
    applies: working,
    destroys: 'table',
    inject: (scene) => started(scene, `DROP TABLE ${name(scene)}`),
  },
  {
    name: 'TRUNCATE of the table',
    text: '',
    applies: working,
    destroys: 'rows',
    inject: (scene) => started(scene, `TRUNCATE TABLE ${name(scene)}`),
  },
];

/** It may have to wait for its lock as long as alterwise works. */
async function started(scene: Parameters<Fault['inject']>[0], sql: string) {
  const done = scene.root(sql).catch(() => {}); // in vain, where the lock did not come in time
  return async () => void (await done);
}

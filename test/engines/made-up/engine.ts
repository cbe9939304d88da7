import { setTimeout as sleep } from 'node:timers/promises';
import { ending } from '../../../lib/documents/ending.js';
import type { EngineName, StrategyName } from '../../../lib/documents/strategies.js';
import type { Engine } from '../../../lib/engines/engine.js';
import { reasons } from '../../../lib/engines/reasons.js';
import { withSession } from '../../../lib/mysql/session.js';
import { quoteTable, tableLabel } from '../../../lib/sql/names.js';

const name = 'made-up' as EngineName;

/** An engine from outside: it makes the change by an ALTER of its own, and can be paused before it does. */
export const madeUp: Engine = {
  name,
  assess: async ({ table }) => ({
    obstacles: table.name.name.startsWith('no_')
      ? [
          {
            id: 'made-up-name',
            text: 'It does not like the name.',
            next: 'Rename the table.',
            kind: 'danger',
          },
        ]
      : [],
    warnings: [{ id: 'made-up-warning', level: 'warning', text: 'It is made up.' }],
  }),
  propose: ({ assessment: { obstacles }, why }) => {
    const [first, ...more] = obstacles;
    return first === undefined
      ? {
          kind: 'takes',
          strategy: name as StrategyName,
          reasons: [...why, { id: 'made-up', text: 'It is there.' }],
        }
      : {
          kind: 'cannot',
          obstacles: [first, ...more],
          rejected: { strategy: name as StrategyName, reason: first },
        };
  },
  duration: () => ({ low: 1, high: 2 }),
  costs: () => ({ writerStallMs: 7 }),
  run: async ({ table, spec }, { settings, signal, emit, steering }) => {
    const label = tableLabel(table);
    let isPaused = false;
    const takeBack = steering?.lend({
      pause: async () => {
        isPaused = true;
      },
      resume: async () => {
        isPaused = false;
      },
      set: async (values) => values,
    });
    try {
      emit({ type: 'phase', phase: 'apply', table: label, text: `The made-up engine changes ${label}` });
      for (let looks = 0; isPaused && looks < 1_000 && !signal.aborted; looks++) await sleep(10);
      if (signal.aborted) {
        return ending('aborted', { reason: reasons.aborted(), state: `${label} is as it was.` });
      }
      await withSession(settings.connection, {}, (session) =>
        session.execute(`ALTER TABLE ${quoteTable(table)} ${spec}`),
      );
      return ending('done', {
        reason: reasons.done('Made up.'),
        state: `${label} is as planned.`,
        attempts: 1,
      });
    } finally {
      takeBack?.();
    }
  },
};

import { noShiftedClock } from '../clock/index.js';
import type { Fault } from '../fault.js';

export const clockFaults: readonly Fault[] = [stepped('forward', 3_600), stepped('back', -3_600)];

function stepped(where: string, seconds: number): Fault {
  return {
    name: `clock stepped ${where} by an hour`,
    text: "alterwise's and the server's; gh-ost's cannot be had",
    applies: () => true,
    shiftsClock: true,
    impossible: noShiftedClock,
    inject: async ({ server, root }) => {
      await server.clock?.shift(seconds);
      const [row] = await root('SELECT UNIX_TIMESTAMP() AS seconds');
      const shifted = Number(row?.seconds) - Date.now() / 1_000;
      if (Math.abs(shifted - seconds) > 60) throw new Error(`the server's clock is off by ${shifted} s`);
      return async () => server.clock?.shift(0);
    },
  };
}

import { exitCodes, Fault } from '../fault.js';

/** The refusal of a statement whose executable comment could mean different things to different servers. */
export function refuseExecutableComment(message: string): Fault {
  return new Fault(message, {
    id: 'executable-comment',
    exitCode: exitCodes.refused,
    next: 'Write the statement without /*! … */.',
  });
}

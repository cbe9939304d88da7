/** The sentences that tests look for, each here only; everything else is matched by its id. */

/** Of a table that a run, a refusal or an abort left unchanged. */
export const asItWas = /is as it was\b/;
/** Of a statement that changes rows, not tables. */
export const changedNothing = /[Cc]hanged nothing/;
export const rolledBack = /rolled back/;
/** Of an error before anything was sent. */
export const nothingWasChanged = 'Nothing was changed.';
export const asPlanned = /is as planned/;
export const continues = /continues where it stopped/;

// Why a row, or a run, came to no verdict of its own.

/** What was seen contradicts the claim. */
export class ClaimFailed extends Error {
  override readonly name = 'ClaimFailed';
}

/** What would decide is not there. */
export class Undecidable extends Error {
  override readonly name = 'Undecidable';
}

/** Ctrl-C, or the end of the time that the run has. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

// Why a row failed, could not be decided, or was interrupted.

/** The claim does not hold. */
export class ClaimFailed extends Error {
  override readonly name = 'ClaimFailed';
}

/** What would decide the claim is missing. */
export class Undecidable extends Error {
  override readonly name = 'Undecidable';
}

/** Ctrl-C, or the run's time is over. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What to look at when a step fails, for one stack. */
export interface LookAt {
  /** The owner of the AWS credentials, and the permissions that they need. */
  readonly caller: string;
  /** The publisher's address. */
  readonly url: string;
  readonly publisher: string;
  readonly webhook: string;
  /** Whether Momento calls the webhook at all. */
  readonly delivery: string;
  readonly queue: string;
  readonly cache: string;
}

/** A step that failed, and what to look at, the likeliest cause first. */
export class StepFailed extends Error {
  constructor(
    readonly step: 'stack' | 'publish' | 'store' | 'remove',
    readonly why: string,
    readonly lookAt: readonly string[],
  ) {
    super([`${step} failed: ${why}`, ...lookAt.map((one) => `  look at: ${one}`)].join('\n'));
  }
}

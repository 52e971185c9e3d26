// Watches the queues, and reports their depths when they change.
import type { Sqs } from '../aws/sqs';

export interface QueueDepths {
  /** Messages in the redrive queue: waiting for their next try, or being tried. */
  readonly waiting: number;
  /** Milliseconds until the next of them is tried. */
  readonly nextTryInMs: number | undefined;
  /** Messages in the dead-letter queue. */
  readonly givenUp: number;
}

const LOOK_EVERY_MS = 500;

export class Queues {
  #last = '';
  readonly #timer: NodeJS.Timeout;

  /** @param tell is called with the depths when they change; waits are rounded to seconds */
  constructor(
    private readonly sqs: Sqs,
    private readonly urls: { readonly redrive: string; readonly deadLetter: string },
    tell: (depths: QueueDepths) => void,
  ) {
    this.#timer = setInterval(() => {
      const { depths } = this;
      const seen = JSON.stringify({ ...depths, nextTryInMs: Math.ceil((depths.nextTryInMs ?? 0) / 1_000) });
      if (seen === this.#last) return;
      this.#last = seen;
      tell(depths);
    }, LOOK_EVERY_MS);
  }

  get depths(): QueueDepths {
    const redrive = this.sqs.find(this.urls.redrive);
    const { nextVisibleAt } = redrive;
    return {
      waiting: redrive.messages.length,
      nextTryInMs: nextVisibleAt === undefined ? undefined : Math.max(0, nextVisibleAt - this.sqs.now()),
      givenUp: this.sqs.find(this.urls.deadLetter).messages.length,
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

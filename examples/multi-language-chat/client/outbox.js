// What this user wrote and has not seen come back. Each message is sent until Momento takes it, with a reference of its
// own: one that was sent twice is shown once.

const RETRY_MS = 2_000;
/** Then the user decides. */
const GIVEN_UP_AFTER_MS = 60_000;
/** From publishing to seeing it come back, when all is well, is well under this. */
const SLOW_AFTER_MS = 15_000;

export class Outbox {
  #publish;
  #tell;
  #pending = new Map();

  /**
   * @param publish sends a text; throws if it cannot
   * @param tell is called with a pending message, `{ref, text, at, state}`: its state is `sending`, `sent`, `slow` or `failed`
   */
  constructor(publish, tell) {
    this.#publish = publish;
    this.#tell = tell;
  }

  /** @param after the time of what stands before it: this machine's clock may be behind */
  add(text, after) {
    const at = Math.max(Date.now(), after);
    const message = { ref: crypto.randomUUID(), text, at, state: 'sending' };
    this.#pending.set(message.ref, message);
    this.#tell(message);
    void this.#send(message, Date.now());
  }

  again(ref) {
    const message = this.#pending.get(ref);
    if (message === undefined || message.state !== 'failed') return;
    this.#become(message, 'sending');
    void this.#send(message, Date.now());
  }

  /** It came back. Returns it, if it was pending here. */
  remove(ref) {
    const message = this.#pending.get(ref);
    this.#pending.delete(ref);
    return message;
  }

  async #send(message, since) {
    while (this.#pending.has(message.ref)) {
      try {
        await this.#publish(JSON.stringify({ text: message.text, ref: message.ref }));
        this.#become(message, 'sent');
        setTimeout(() => this.#become(message, 'slow'), SLOW_AFTER_MS);
        return;
      } catch (error) {
        const isHopeless = error.code === 'INVALID_ARGUMENT_ERROR';
        if (isHopeless || Date.now() - since > GIVEN_UP_AFTER_MS) return this.#become(message, 'failed');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  #become(message, state) {
    if (!this.#pending.has(message.ref)) return;
    message.state = state;
    this.#tell(message);
  }
}

// The link to the chat: a token, a subscription and the history, kept up. It breaks, is made again, and misses nothing
// that the history still holds: it subscribes first, then reads the history; what comes twice carries the same id.
import { StreamEnd } from './stream-end.js';
import { fetchToken, Refused, SignedOut } from './token.js';

const RETRY_MS = [250, 500, 1_000, 2_000, 4_000, 8_000];
/** A message is published before it is in the history, so the history is read once more. */
const READ_AGAIN_MS = 2_500;
/** A subscription answers with a heartbeat. */
const SUBSCRIBED_WITHIN_MS = 10_000;
/** A token is renewed at this part of its life. */
const RENEWED_AT = 0.8;
const LIFE_AT_LEAST_MS = 60_000;
const TOKEN_TROUBLE = ['AUTHENTICATION_ERROR', 'PERMISSION_ERROR'];

export class Link {
  #on;
  #language;
  #token;
  #renewAt = 0;
  #momento;
  /** The subscription that is heard until the next one is. */
  #previous;
  /** Counts the languages chosen: what an earlier one still brings is dropped. */
  #choice = 0;
  #wake = () => {};

  /** @param on `token(token)`, `texts(texts, isHistory)` and `state('connecting' | 'live' | 'down' | 'signed out')` */
  constructor(on) {
    this.#on = on;
    addEventListener('online', () => this.#wake());
    addEventListener('offline', () => this.#wake('offline'));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#wake();
    });
  }

  /** Connects in this language, instead of the one before. */
  async keepUp(language) {
    const choice = ++this.#choice;
    this.#language = language;
    this.#token = undefined;
    this.#wake();
    this.#on.state('connecting');
    for (let tries = 0; choice === this.#choice; tries++) {
      try {
        const live = await this.#listen(choice);
        this.#on.state('live');
        tries = 0;
        if ((await live.over) === 'renewal') continue; // heard until the next subscription is
      } catch (error) {
        if (error instanceof SignedOut) return this.#on.state('signed out');
        if (error instanceof Refused || TOKEN_TROUBLE.includes(error.code)) this.#token = undefined;
      }
      if (choice !== this.#choice) return;
      this.#momento = undefined;
      this.#on.state('down');
      await this.#pause(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
    }
  }

  /** Throws if there is no link now, and MomentoError; the text may have been published all the same. */
  async publish(text) {
    if (this.#momento === undefined) throw new Error('there is no link');
    await this.#momento.publish(text).catch((error) => {
      if (TOKEN_TROUBLE.includes(error.code)) this.#wake('renewal');
      throw error;
    });
  }

  /** Resolves when the subscription is heard and the history is read; `over` resolves when it ends. */
  async #listen(choice) {
    // Momento's SDK is the largest part of the page. It loads while the token is asked for.
    const [token, { Momento }] = await Promise.all([this.#haveToken(choice), import('./momento.js')]);
    const momento = new Momento(token);
    const isCurrent = () => choice === this.#choice;
    let end;
    const over = new Promise((resolve) => {
      end = resolve;
    });
    const stream = new StreamEnd(() => end('broken'));
    const readHistory = async () => {
      const texts = await momento.history();
      if (isCurrent()) this.#on.texts(texts, true);
    };
    const readLater = () => void readHistory().catch(() => end('broken'));
    const subscribing = momento.subscribe({
      onItem: (item) => {
        stream.heard();
        if (isCurrent()) this.#on.texts([item.valueString()], false);
      },
      onHeartbeat: () => stream.beat(),
      onDiscontinuity: readLater,
      onError: () => end('broken'),
    });
    try {
      const subscription = await within(SUBSCRIBED_WITHIN_MS, subscribing);
      this.#refuseUnlessCurrent(choice);
      this.#replace(subscription, over);
      await readHistory();
      this.#refuseUnlessCurrent(choice);
    } catch (error) {
      stream.stop();
      end('broken');
      void subscribing.then(
        (late) => late.unsubscribe(),
        () => {},
      );
      throw error;
    }
    this.#momento = momento;
    const again = setTimeout(readLater, READ_AGAIN_MS);
    const renewal = setTimeout(() => end('renewal'), Math.max(this.#renewAt - Date.now(), 1_000));
    this.#wake = (why = 'woken') => {
      if (why !== 'woken' || !isCurrent()) end(why);
    };
    void over.then((why) => {
      stream.stop();
      clearTimeout(again);
      clearTimeout(renewal);
      if (why === 'renewal') this.#token = undefined;
    });
    return { over };
  }

  #replace(subscription, over) {
    this.#previous?.unsubscribe();
    this.#previous = subscription;
    void over.then((why) => {
      if (why !== 'renewal') subscription.unsubscribe();
    });
  }

  async #haveToken(choice) {
    if (this.#token !== undefined && Date.now() < this.#renewAt) return this.#token;
    const asked = Date.now();
    const token = await fetchToken(this.#language);
    this.#refuseUnlessCurrent(choice);
    this.#token = token;
    this.#language = token.language;
    // This machine's clock may be wrong.
    this.#renewAt = asked + Math.max(token.expiresAt - asked, LIFE_AT_LEAST_MS) * RENEWED_AT;
    this.#on.token(token);
    return token;
  }

  #refuseUnlessCurrent(choice) {
    if (choice !== this.#choice) throw new Error('another language was chosen');
  }

  #pause(ms) {
    return new Promise((resolve) => {
      setTimeout(resolve, ms);
      this.#wake = resolve;
    });
  }
}

function within(ms, promise) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('no answer')), ms);
    promise.then(resolve, reject);
  });
}

// The relay as the page shows and breaks it.
import type { MomentoEvents } from 'local-momento';
import type { Stack } from '../stack';
import type { Journeys } from './journeys';

export const RELAY_TROUBLES = ['cut', 'freeze', 'thaw', 'kill'] as const;
export type RelayTrouble = (typeof RELAY_TROUBLES)[number];

export interface RelayState {
  readonly state: 'following' | 'frozen' | 'not subscribed';
  /** The sequence number at which it subscribed last; undefined at the end of the topic. */
  readonly resumedAt: number | undefined;
  /** Messages that were published, and that the webhook has not taken. */
  readonly behind: number;
}

export class RelayWatch {
  #isFrozen = false;
  /** A relay that is replaced stays subscribed until its replacement is. */
  #subscriptions = 1;
  #resumedAt: number | undefined;
  readonly close: () => void;

  constructor(
    private readonly stack: Pick<Stack, 'momento' | 'cacheName' | 'topicName' | 'relay'>,
    private readonly journeys: Pick<Journeys, 'all'>,
  ) {
    const { momento, cacheName, topicName } = stack;
    const isOurs = (one: { cache: string; topic: string }) =>
      one.cache === cacheName && one.topic === topicName;
    const onSubscribed = (subscription: MomentoEvents['subscribed'][0]) => {
      if (!isOurs(subscription)) return;
      this.#subscriptions++;
      this.#isFrozen = false; // a frozen one cannot subscribe: it was replaced
      this.#resumedAt = subscription.resumedAt;
    };
    const onUnsubscribed = (subscription: MomentoEvents['unsubscribed'][0]) => {
      if (isOurs(subscription)) this.#subscriptions = Math.max(0, this.#subscriptions - 1);
    };
    momento.on('subscribed', onSubscribed);
    momento.on('unsubscribed', onUnsubscribed);
    this.close = () => {
      momento.off('subscribed', onSubscribed);
      momento.off('unsubscribed', onUnsubscribed);
    };
  }

  /** Undefined without a relay. */
  get state(): RelayState | undefined {
    if (!this.stack.relay) return undefined;
    const state = this.#subscriptions > 0 ? 'following' : 'not subscribed';
    const behind = this.journeys.all.filter(({ steps }) => steps.topic && !steps.webhook && !steps.outcome);
    return {
      state: this.#isFrozen ? 'frozen' : state,
      resumedAt: this.#resumedAt,
      behind: behind.length,
    };
  }

  /** Resolves when it is done; a killed relay then has a replacement. */
  async make(trouble: RelayTrouble): Promise<void> {
    const { relay, momento } = this.stack;
    if (!relay) return;
    switch (trouble) {
      case 'cut':
        momento.dropSubscriptions();
        return;
      case 'freeze':
        relay.freeze();
        this.#isFrozen = true;
        return;
      case 'thaw':
        relay.thaw();
        this.#isFrozen = false;
        return;
      case 'kill':
        await relay.kill();
        this.#isFrozen = false;
    }
  }
}

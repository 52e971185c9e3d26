// All topics of all caches. A topic exists from its first message or subscriber. The oldest topics without subscribers
// are removed first, and begin again like topics after long inactivity.
import type { MomentoEmitter } from './events';
import { Topic } from './topics';

const MAX_TOPICS_PER_CACHE = 1_000;

export class TopicRegistry {
  readonly #byCache = new Map<string, Map<string, Topic>>();
  #lastPage = 0;

  constructor(
    private readonly now: () => number,
    private readonly historyLimit: number,
    private readonly events: MomentoEmitter,
  ) {}

  get(cache: string, name: string): Topic {
    let topics = this.#byCache.get(cache);
    if (topics === undefined) {
      topics = new Map();
      this.#byCache.set(cache, topics);
    }
    let topic = topics.get(name);
    if (topic === undefined) {
      topic = new Topic(this.#newPage(), this.historyLimit);
      topics.set(name, topic);
      if (topics.size > MAX_TOPICS_PER_CACHE) dropOne(topics, topic);
    }
    return topic;
  }

  forget(cache: string): void {
    this.#byCache.delete(cache);
  }

  reset(cache: string, name: string): void {
    this.#reset(cache, name, this.get(cache, name));
  }

  resetAll(): void {
    for (const [cache, topics] of this.#byCache) {
      for (const [name, topic] of topics) this.#reset(cache, name, topic);
    }
  }

  heartbeat(): void {
    for (const topics of this.#byCache.values()) {
      for (const topic of topics.values()) {
        for (const subscription of topic.subscriptions) subscription.heartbeat();
      }
    }
  }

  #reset(cache: string, name: string, topic: Topic): void {
    const { lastSequenceNumber, sequencePage: oldPage } = topic;
    const newPage = this.#newPage();
    topic.reset(newPage);
    this.events.emit('topicReset', { cache, topic: name, lastSequenceNumber, oldPage, newPage });
  }

  /** A new page, never used before, not even by an earlier process: it grows with the clock. */
  #newPage(): number {
    this.#lastPage = Math.max(this.#lastPage + 1, Math.floor(this.now()));
    return this.#lastPage;
  }
}

function dropOne(topics: Map<string, Topic>, except: Topic): void {
  for (const [name, topic] of topics) {
    if (topic === except || topic.subscriptions.size > 0) continue;
    topics.delete(name);
    return;
  }
}

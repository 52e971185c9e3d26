// The relay's checkpoint in the Momento cache.
import { CacheGetResponse } from '@gomomento/sdk';
import type { CheckpointStore } from '../core/relay/checkpoints';
import { Cache } from './cache';
import type { MomentoAccess } from './momento-credentials';

/** A day, Momento's usual limit. The checkpoint is written again long before that. */
const TTL_SECONDS = 86_400;

export interface RelayCheckpointSettings extends MomentoAccess {
  readonly apiKeySecretArn: string;
  readonly cacheName: string;
  readonly topicName: string;
}

export class RelayCheckpoint implements CheckpointStore {
  readonly #cache: Cache;
  readonly #key: string;

  constructor(private readonly settings: RelayCheckpointSettings) {
    this.#cache = new Cache({ ...settings, ttlSeconds: TTL_SECONDS });
    this.#key = checkpointKey(settings.topicName);
  }

  async read(): Promise<string | undefined> {
    const response = await this.#cache.call((client) => client.get(this.settings.cacheName, this.#key));
    return response.type === CacheGetResponse.Hit ? response.value() : undefined;
  }

  async write(checkpoint: string): Promise<void> {
    await this.#cache.call((client) => client.set(this.settings.cacheName, this.#key, checkpoint));
  }
}

/** The key begins with U+0001, which no course's name can, so no publisher can write to it. */
export function checkpointKey(topicName: string): string {
  return `\u0001relay ${topicName}`;
}

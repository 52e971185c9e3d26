import type { Deadline } from '../core/deadline';
import { count, timed } from './metrics';
import type { Tokens } from './tokens';
import { TokenRefused, type Topic } from './topic';

/**
 * Publishes text under a user's identity; once more with a new token where a kept one is not accepted any more. None is kept
 * that was not accepted: the next one is vended with an API key that was put right meanwhile.
 * Throws as `Tokens.get` and `Topic.publish`: after a time-out it may have been published all the same.
 */
export async function publishAs(
  userId: string,
  text: string,
  on: { readonly tokens: Tokens; readonly topic: Topic },
  deadline: Deadline,
): Promise<void> {
  const { token, kept } = await on.tokens.get(userId);
  count(kept ? 'TokenCacheHit' : 'TokenCacheMiss');
  try {
    await timed('PublishLatency', on.topic.publish(text, token, deadline));
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    on.tokens.drop(userId);
    if (kept) await publishAs(userId, text, on, deadline);
    else throw error;
  }
}

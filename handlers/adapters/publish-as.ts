import type { Deadline } from '../core/deadline';
import { count, timed } from './metrics';
import type { Tokens } from './tokens';
import { TokenRefused, type Topic } from './topic';

/**
 * Publishes text under a user's identity. If Momento no longer accepts a kept token, it tries once more with a new one. A
 * refused token is not kept, so the next one is vended with an API key that may have been corrected. Throws as `Tokens.get`
 * and `Topic.publish` do: after a time-out the text may still have been published.
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
    await on.tokens.drop(userId, token);
    if (kept) await publishAs(userId, text, on, deadline);
    else throw error;
  }
}

// What the token service hands out. The application declares what is asked for a token, and what the token may do.
import * as v from 'valibot';
import { type MessageFields, userId } from './message';
import type { Schema } from './parse';

/** One thing that a token may do in the stack's cache, and nothing beyond: a topic, or an item, by its exact name. */
export type Permission =
  | { readonly publish: string }
  | { readonly subscribe: string }
  /** Reading a key, or a collection such as a sorted set. */
  | { readonly read: string };

/** A user's token, as the token service and its callers see it. */
export interface UserToken<Request extends { readonly userId: string }> {
  /** What a backend asks with: the user, and the application's fields. */
  readonly request: Schema<Request>;
  /** All that the token may do. `topicName` is the topic that the webhook listens to. */
  may(request: Request, topicName: string): readonly Permission[];
  /** What the answer holds besides the token. It is no secret from the user. */
  answer?(request: Request): Readonly<Record<string, unknown>>;
}

/** The token of an application whose users need to say `fields` to get one, besides who they are. */
export function defineUserToken<const Fields extends MessageFields>(
  fields: Fields,
  token: Omit<
    UserToken<{ readonly userId: string } & v.InferOutput<v.ObjectSchema<Fields, undefined>>>,
    'request'
  >,
) {
  return { request: v.object({ userId, ...fields }, 'must be an object'), ...token };
}

/** A token that publishes to the webhook's topic, and does nothing else. */
export const publishOnly = defineUserToken({}, { may: (_request, topicName) => [{ publish: topicName }] });

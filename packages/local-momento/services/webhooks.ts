// Webhooks: put, list, delete, get and rotate the secret.
import { randomBytes } from 'node:crypto';
import { webhook as grpc } from '@gomomento/generated-types/dist/webhook';
import type { Caches } from '../caches';
import type { Webhook } from '../delivery';
import type { Bound, Dispatcher } from '../dispatch';
import { invalidArgument, limitExceeded, notFound } from '../errors';

const needs = (): { kind: 'manage' } => ({ kind: 'manage' });

/** Momento's default limit. */
const MAX_PER_CACHE = 5;

/** "This is limited to 128 chars" (webhook.proto). */
const MAX_NAME_LENGTH = 128;

export class Webhooks {
  readonly #byCache = new Map<string, Map<string, Webhook>>();

  constructor(
    private readonly caches: Caches,
    private readonly takesAnyDestination: boolean,
  ) {}

  /** The webhooks to call for a message on this topic. */
  of(cache: string, topic: string): Webhook[] {
    return [...(this.#byCache.get(cache)?.values() ?? [])].filter(
      (webhook) => webhook.topic === topic && isLoopbackUrl(webhook.url),
    );
  }

  has(webhook: Webhook): boolean {
    return this.#byCache.get(webhook.cache)?.get(webhook.name) === webhook;
  }

  forget(cache: string): void {
    this.#byCache.delete(cache);
  }

  actions(
    dispatcher: Dispatcher,
  ): Record<
    'PutWebhook' | 'DeleteWebhook' | 'ListWebhooks' | 'GetWebhookSecret' | 'RotateWebhookSecret',
    Bound
  > {
    return {
      PutWebhook: dispatcher.unary({
        needs,
        run: ({ webhook }: grpc._PutWebhookRequest) => {
          const secret_string = this.#put(webhook);
          return new grpc._PutWebhookResponse({ secret_string });
        },
      }),

      DeleteWebhook: dispatcher.unary({
        needs,
        run: ({ webhook_id: { cache_name, webhook_name } }: grpc._DeleteWebhookRequest) => {
          this.#get(cache_name, webhook_name);
          this.#byCache.get(cache_name)?.delete(webhook_name);
          return new grpc._DeleteWebhookResponse();
        },
      }),

      ListWebhooks: dispatcher.unary({
        needs,
        run: ({ cache_name }: grpc._ListWebhookRequest) => {
          this.caches.get(cache_name);
          const webhooks = [...(this.#byCache.get(cache_name)?.values() ?? [])];
          return new grpc._ListWebhooksResponse({ webhook: webhooks.map(messageOf) });
        },
      }),

      GetWebhookSecret: dispatcher.unary({
        needs,
        run: ({ cache_name, webhook_name }: grpc._GetWebhookSecretRequest) => {
          const { secret: secret_string } = this.#get(cache_name, webhook_name);
          return new grpc._GetWebhookSecretResponse({ cache_name, webhook_name, secret_string });
        },
      }),

      RotateWebhookSecret: dispatcher.unary({
        needs,
        run: ({ webhook_id: { cache_name, webhook_name } }: grpc._RotateWebhookSecretRequest) => {
          const webhook = this.#get(cache_name, webhook_name);
          webhook.secret = newSecret();
          return new grpc._RotateWebhookSecretResponse({ secret_string: webhook.secret });
        },
      }),
    };
  }

  /** Makes a webhook, or updates one of the same name and keeps its secret. Returns the secret. */
  #put(wanted: grpc._Webhook): string {
    const { cache_name: cache, webhook_name: name } = wanted.webhook_id;
    this.caches.get(cache);
    if (name.trim() === '' || name.length > MAX_NAME_LENGTH) {
      throw invalidArgument(`The name of a webhook must have 1 to ${MAX_NAME_LENGTH} characters`);
    }
    if (wanted.topic_name.trim() === '') throw invalidArgument('The name of a topic must not be empty');
    const url = wanted.destination?.post_url ?? '';
    if (!this.takesAnyDestination && !isLoopbackUrl(url)) {
      throw invalidArgument('The local Momento only calls http and https URLs on 127.0.0.0/8 and [::1]');
    }
    const webhooks = this.#byCache.get(cache) ?? new Map<string, Webhook>();
    const known = webhooks.get(name);
    if (known === undefined && webhooks.size >= MAX_PER_CACHE) {
      throw limitExceeded(`A cache can have at most ${MAX_PER_CACHE} webhooks`);
    }
    const secret = known?.secret ?? newSecret();
    if (known === undefined) webhooks.set(name, { cache, name, topic: wanted.topic_name, url, secret });
    else Object.assign(known, { topic: wanted.topic_name, url });
    this.#byCache.set(cache, webhooks);
    return secret;
  }

  #get(cache: string, name: string): Webhook {
    this.caches.get(cache);
    const webhook = this.#byCache.get(cache)?.get(name);
    if (webhook === undefined) throw notFound(`There is no webhook named ${JSON.stringify(name)}`);
    return webhook;
  }
}

const newSecret = (): string => randomBytes(32).toString('base64url');

const messageOf = ({ cache, name, topic, url }: Webhook): grpc._Webhook =>
  new grpc._Webhook({
    webhook_id: new grpc._WebhookId({ cache_name: cache, webhook_name: name }),
    topic_name: topic,
    destination: new grpc._WebhookDestination({ post_url: url }),
  });

/** Only literal addresses of this machine: a name could point to another machine. */
function isLoopbackUrl(postUrl: string): boolean {
  const url = URL.canParse(postUrl) ? new URL(postUrl) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  const isLoopback = url !== undefined && /^(?:127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  return isHttp && isLoopback && url.username === '' && url.password === '';
}

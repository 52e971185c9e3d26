// Does what a user does by hand in Momento: makes the cache and the webhook, and copies its signing secret.
import {
  CacheClient,
  Configurations,
  CreateCacheResponse,
  GetWebhookSecretResponse,
  PostUrlWebhookDestination,
  PutWebhookResponse,
  TopicClient,
  TopicConfigurations,
} from '@gomomento/sdk';
import type { Momento } from 'local-momento';
import { apiKeyCredentials } from '../../handlers/adapters/momento-credentials';

export interface Connection {
  momento: Pick<Momento, 'port'>;
  apiKey: string;
  cacheName: string;
}

export interface WebhookConnection extends Connection {
  topicName: string;
  /** the webhook's */
  url: string;
}

/** What connects Momento and the program. */
export interface Connected {
  delivery: string;
  cacheName: string;
  topicName: string;
  webhookUrl: string;
  application: string;
}

/** Throws if one of these has changed since the start: only the start connects them. */
export function checkConnected(atStart: Connected, now: Connected): void {
  for (const key of ['delivery', 'cacheName', 'topicName', 'webhookUrl', 'application'] as const) {
    if (now[key] === atStart[key]) continue;
    const [is, was] = [now[key], atStart[key]].map((value) => JSON.stringify(value));
    throw new Error(`${key} changed from ${was} to ${is}: restart npm start to apply it`);
  }
}

/** Makes the cache if it does not exist. Throws an error with Momento's message. */
export async function makeCache({ momento, apiKey, cacheName }: Connection): Promise<void> {
  const caches = new CacheClient({
    configuration: Configurations.Laptop.latest(),
    credentialProvider: credentials({ momento, apiKey }),
    defaultTtlSeconds: 60,
  });
  try {
    const created = await caches.createCache(cacheName);
    if (created.type === CreateCacheResponse.Error) throw created.innerException();
  } finally {
    caches.close();
  }
}

/** Makes the webhook and returns its signing secret. Throws an error with Momento's message. */
export async function connectWebhook(connection: WebhookConnection): Promise<string> {
  const { cacheName, topicName, url } = connection;
  const credentialProvider = credentials(connection);
  const topics = new TopicClient({ configuration: TopicConfigurations.Default.latest(), credentialProvider });
  const put = await topics.putWebhook(cacheName, topicName, {
    topicName,
    destination: new PostUrlWebhookDestination(url),
  });
  if (put.type === PutWebhookResponse.Error) throw put.innerException();
  const secret = await topics.getWebhookSecret(cacheName, topicName);
  if (secret.type === GetWebhookSecretResponse.Error) throw secret.innerException();
  return secret.secret();
}

function credentials({ momento, apiKey }: Pick<Connection, 'momento' | 'apiKey'>) {
  return apiKeyCredentials(apiKey, {
    local: `127.0.0.1:${momento.port}`,
    endpoint: 'local.momento.test', // a v2 key needs one, although it is not used here
  });
}

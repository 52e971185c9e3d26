// What a user does by hand in Momento: makes the cache and the webhook, and copies its signing secret.
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
  /** the webhook's Function URL */
  url: string;
}

/** By what Momento and the program have been told of each other. */
export interface Connected {
  delivery: string;
  cacheName: string;
  topicName: string;
  webhookUrl: string;
  application: string;
}

/** Throws where one of these is not as at the start: then there would be two of what the start made one of. */
export function checkConnected(atStart: Connected, now: Connected): void {
  for (const key of ['delivery', 'cacheName', 'topicName', 'webhookUrl', 'application'] as const) {
    if (now[key] === atStart[key]) continue;
    const [is, was] = [now[key], atStart[key]].map((value) => JSON.stringify(value));
    throw new Error(`${key} is now ${is}, and was ${was}: restart npm start to take this over`);
  }
}

/** Makes the cache, where it is not there yet. Throws with what Momento said. */
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

/** Makes the webhook and gives its signing secret. Throws with what Momento said. */
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
    endpoint: 'local.momento.test', // a v2 key needs one, though here it is not used
  });
}

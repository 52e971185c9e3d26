// Publishes as a user's own browser does: with a token of the token service, and Momento's web SDK.
import { onConnection } from './connection.js';
import { post } from './server.js';

/** How long before its end a token is no longer used. */
const SPARE_MS = 60_000;

/** By user. */
let clients = new Map();
// The tokens of a stack that has ended are worth nothing in the next.
onConnection(() => {
  clients = new Map();
});

/** Rejects with Momento's reason, or the token service's. */
export async function publishAsUser(userId, message, forged) {
  const { TopicPublishResponse } = await import('./web-sdk.js');
  const { topics, cacheName, topicName } = await clientOf(userId, message);
  const text = JSON.stringify(forged === '' ? message : { ...message, userID: forged });
  const answer = await topics.publish(cacheName, topicName, text);
  if (answer.type === TopicPublishResponse.Success) return;
  clients.clear();
  throw new Error(`Momento refused it: ${answer.message()}`);
}

async function clientOf(userId, message) {
  const known = clients.get(userId);
  if (known && known.expiresAt - SPARE_MS > Date.now()) return known;
  const token = await post('api/token', { userId, message });
  const client = { ...token, topics: await connect(token) };
  clients.set(userId, client);
  return client;
}

/** It takes the token service's answer and nothing else. */
async function connect({ authToken, endpoint }) {
  const { CredentialProvider, NoopMomentoLoggerFactory, TopicClient, TopicConfigurations } = await import(
    './web-sdk.js'
  );
  const isLocal = URL.canParse(endpoint); // Momento's own is a host name
  const all = { cacheEndpoint: endpoint, controlEndpoint: endpoint, tokenEndpoint: endpoint };
  const credentialProvider = CredentialProvider.fromDisposableToken({
    apiKey: authToken,
    ...(isLocal && { endpointOverrides: all }),
  });
  const configuration = TopicConfigurations.Browser.latest(new NoopMomentoLoggerFactory());
  return new TopicClient({ credentialProvider, configuration });
}

// What the relay is compared with: a bare loop of the SDK's subscribe and `fetch`. It never resumes, tries once, and holds
// any number of messages.
import { createHmac } from 'node:crypto';
import { CredentialProvider, TopicClient, TopicConfigurations, TopicSubscribeResponse } from '@gomomento/sdk';

const { API_KEY = '', SIGNING_SECRET = '', CACHE_NAME = '', TOPIC_NAME = '', WEBHOOK_URL = '' } = process.env;
const { host } = new URL(process.env.MOMENTO_ENDPOINT_URL ?? '');

async function main(): Promise<void> {
  const client = new TopicClient({
    credentialProvider: CredentialProvider.fromDisposableToken({
      apiKey: API_KEY,
      endpointOverrides: {
        cacheEndpoint: host,
        controlEndpoint: host,
        tokenEndpoint: host,
        secureConnection: false,
      },
    }),
    configuration: TopicConfigurations.Default.latest(),
  });
  const subscribed = await client.subscribe(CACHE_NAME, TOPIC_NAME, {
    onItem: (item) => {
      const body = JSON.stringify({
        cache: CACHE_NAME,
        topic: TOPIC_NAME,
        event_timestamp: Date.now(),
        publish_timestamp: Date.now(),
        topic_sequence_number: item.sequenceNumber(),
        token_id: item.tokenId() ?? '',
        text: item.valueString(),
      });
      void fetch(WEBHOOK_URL, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'momento-signature': createHmac('sha3-256', SIGNING_SECRET).update(body).digest('hex'),
        },
        body,
      }).then((response) => response.text());
    },
    onError: (error) => console.error(error.toString()),
  });
  if (subscribed.type === TopicSubscribeResponse.Error) throw subscribed.innerException();
}

void main();

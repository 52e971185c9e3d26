// What the publisher and the token service are compared with: the same publisher as a competent developer writes it first. It
// uses whole SDKs, fetches its secret at the first request, vends a token then, and publishes with it. It has none of the
// guarantees.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  AuthClient,
  CredentialProvider,
  DisposableTokenScopes,
  ExpiresIn,
  GenerateDisposableTokenResponse,
  TopicClient,
  TopicConfigurations,
  TopicPublishResponse,
} from '@gomomento/sdk';

const secretsManager = new SecretsManagerClient({});
const { API_KEY_SECRET_ARN, CACHE_NAME = '', TOPIC_NAME = '' } = process.env;
let auth: AuthClient | undefined;
const clients = new Map<string, TopicClient>();

interface Publication {
  readonly userId: string;
  readonly courseId: string;
  readonly comment: string;
}

export async function handler({ userId, courseId, comment }: Publication) {
  const client = clients.get(userId) ?? (await connect(userId));
  const published = await client.publish(CACHE_NAME, TOPIC_NAME, JSON.stringify({ comment, courseId }));
  if (published.type === TopicPublishResponse.Error) throw published.innerException();
  return { statusCode: 200, body: '{}' };
}

async function connect(userId: string): Promise<TopicClient> {
  auth ??= new AuthClient({ credentialProvider: credentials(await apiKey()) });
  const scope = DisposableTokenScopes.topicPublishOnly(CACHE_NAME, TOPIC_NAME);
  const token = await auth.generateDisposableToken(scope, ExpiresIn.minutes(30), { tokenId: userId });
  if (token.type !== GenerateDisposableTokenResponse.Success) throw token.innerException();
  const client = new TopicClient({
    credentialProvider: credentials(token.authToken),
    configuration: TopicConfigurations.Default.latest(),
  });
  clients.set(userId, client);
  return client;
}

async function apiKey(): Promise<string> {
  const answer = await secretsManager.send(new GetSecretValueCommand({ SecretId: API_KEY_SECRET_ARN }));
  return answer.SecretString ?? '';
}

/** For the real Momento, this would be `fromString(key)`; here it is one on this machine. */
function credentials(key: string) {
  const { host } = new URL(process.env.MOMENTO_ENDPOINT_URL ?? '');
  return CredentialProvider.fromDisposableToken({
    apiKey: key,
    endpointOverrides: {
      cacheEndpoint: host,
      controlEndpoint: host,
      tokenEndpoint: host,
      secureConnection: false,
    },
  });
}

// What the webhook is compared with: the same webhook as a competent developer writes it first. It uses whole SDKs, fetches
// its secrets one after the other at the first request, creates the client then, and makes one put. It has none of the
// guarantees.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CacheClient,
  CacheSortedSetPutElementResponse,
  CollectionTtl,
  Configurations,
  CredentialProvider,
} from '@gomomento/sdk';
import type { LambdaFunctionURLEvent } from 'aws-lambda';

const secretsManager = new SecretsManagerClient({});
let signingSecret: string | undefined;
let client: CacheClient | undefined;

export async function handler(request: LambdaFunctionURLEvent) {
  signingSecret ??= await secret(process.env.SIGNING_SECRET_ARN);
  const body = request.body ?? '';
  const expected = createHmac('sha3-256', signingSecret).update(body).digest();
  const given = Buffer.from(request.headers['momento-signature'] ?? '', 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return { statusCode: 403, body: JSON.stringify({ message: 'Access Denied!' }) };
  }

  const event = JSON.parse(body);
  const { comment, courseId } = JSON.parse(event.text);
  client ??= new CacheClient({
    credentialProvider: credentials(await secret(process.env.API_KEY_SECRET_ARN)),
    configuration: Configurations.Lambda.latest(),
    defaultTtlSeconds: Number(process.env.COMMENT_TTL_SECONDS),
  });
  const stored = await client.sortedSetPutElement(
    process.env.CACHE_NAME ?? '',
    String(courseId),
    JSON.stringify({ userID: event.token_id, comment }),
    event.event_timestamp,
    { ttl: CollectionTtl.of(Number(process.env.COMMENT_TTL_SECONDS)) },
  );
  if (stored.type === CacheSortedSetPutElementResponse.Error) throw stored.innerException();
  return { statusCode: 200, body: '{}' };
}

async function secret(arn: string | undefined): Promise<string> {
  const answer = await secretsManager.send(new GetSecretValueCommand({ SecretId: arn }));
  return answer.SecretString ?? '';
}

/** The real Momento, or one on this machine without TLS. */
function credentials(apiKey: string) {
  const { MOMENTO_ENDPOINT_URL } = process.env;
  if (!MOMENTO_ENDPOINT_URL) return CredentialProvider.fromString(apiKey);
  const { host } = new URL(MOMENTO_ENDPOINT_URL);
  return CredentialProvider.fromString({
    apiKey,
    endpointOverrides: {
      cacheEndpoint: host,
      controlEndpoint: host,
      tokenEndpoint: host,
      secureConnection: false,
    },
  });
}

// A nearby region in a process of its own: Secrets Manager answers after 20 ms, Momento after 3.
import { randomBytes } from 'node:crypto';
import { makeLegacyKey, startMomento } from 'local-momento';
import { ACCOUNT_ID, REGION } from '../local/aws/account';
import { AwsEndpoint, type Identity } from '../local/aws/endpoint';
import { SecretsManager } from '../local/aws/secrets-manager';
import type { Region, RegionOptions } from './region';
import { frontWithTls, keyFor } from './tls';

const SECRETS_MS = 20;
const MOMENTO_MS = 3;
/** The secrets were not rotated a moment ago, as at nearly every start. */
const SECRETS_AGE_MS = 86_400_000;

async function start({ delays, tls = false }: RegionOptions): Promise<Region> {
  const cacheName = 'bench';
  const momento = await startMomento({ caches: [cacheName] });
  const apiKey = keyFor(makeLegacyKey(), momento.port);
  momento.setApiKeys([apiKey]);
  const signingSecret = randomBytes(16).toString('hex');
  const arnOf = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:${name}`;
  const secrets = new SecretsManager(() => Date.now() - SECRETS_AGE_MS);
  secrets.declare([
    { arn: arnOf('api-key'), name: 'api-key', value: apiKey },
    { arn: arnOf('signing-secret'), name: 'signing-secret', value: signingSecret },
  ]);
  const everything: Identity['statements'][number] = {
    effect: 'Allow',
    actions: ['*'],
    notActions: [],
    resources: ['*'],
    notResources: [],
    conditions: {},
    principals: {},
  };
  const identity: Identity = {
    accessKeyId: 'ASIABENCH',
    secretAccessKey: randomBytes(20).toString('hex'),
    sessionToken: randomBytes(20).toString('hex'),
    arn: `arn:aws:sts::${ACCOUNT_ID}:assumed-role/bench`,
    statements: [everything],
  };
  const aws = await AwsEndpoint.start({
    services: [secrets.service],
    findIdentity: (id) => (id === identity.accessKeyId ? identity : undefined),
    now: Date.now,
  });
  if (delays) {
    aws.setFaults(() => ({ kind: 'delay', ms: SECRETS_MS }));
    momento.setFaults(() => ({ kind: 'delay', ms: MOMENTO_MS }));
  }
  const reached: Record<string, string> = tls
    ? {
        ...(await frontWithTls([aws.port, momento.port])),
        AWS_ENDPOINT_URL: `https://localhost:${aws.port}`,
      }
    : { AWS_ENDPOINT_URL: aws.url, MOMENTO_ENDPOINT_URL: momento.url };
  return {
    apiKey,
    signingSecret,
    cacheName,
    topicName: 'comment',
    environment: {
      ...reached,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: identity.accessKeyId,
      AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
      AWS_SESSION_TOKEN: identity.sessionToken ?? '',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
      AWS_CONFIG_FILE: '/nowhere/config',
      API_KEY_SECRET_ARN: arnOf('api-key'),
      SIGNING_SECRET_ARN: arnOf('signing-secret'),
      CACHE_NAME: cacheName,
      TOPIC_NAME: 'comment',
    },
  };
}

process.once('message', (options: RegionOptions) => {
  start(options).then((region) => process.send?.(region));
});
process.once('disconnect', () => process.exit());

import assert from 'node:assert/strict';
import { request } from 'node:http';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import { AwsEndpoint, type Identity } from '../../../local/aws/endpoint';
import { parsePolicy } from '../../../local/aws/iam';
import { SecretsManager } from '../../../local/aws/secrets-manager';

const ARN = (name: string) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-abc123`;
const READER = 'arn:aws:sts::123456789012:assumed-role/reader/reader';

const reader: Identity = {
  accessKeyId: 'ASIAREADER',
  secretAccessKey: 'secret of the reader',
  sessionToken: 'session of the reader',
  arn: READER,
  statements: parsePolicy(
    {
      Statement: {
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: [ARN('api-key'), ARN('empty'), ARN('missing')],
      },
    },
    'reader',
  ),
};

describe('the local AWS', () => {
  let now = Date.now();
  let secrets: SecretsManager;
  let endpoint: AwsEndpoint;
  const clients: SecretsManagerClient[] = [];

  const client = (changes: Partial<SecretsManagerClientConfig> = {}) => {
    const made = new SecretsManagerClient({
      region: 'us-east-1',
      endpoint: endpoint.url,
      credentials: reader,
      maxAttempts: 1,
      ...changes,
    });
    clients.push(made);
    return made;
  };
  const get = (name: string, stage?: string) =>
    client().send(new GetSecretValueCommand({ SecretId: ARN(name), VersionStage: stage }));

  beforeEach(async () => {
    now = Date.now();
    secrets = new SecretsManager(() => now);
    secrets.declare([
      { arn: ARN('api-key'), name: 'api-key', value: 'first' },
      { arn: ARN('empty'), name: 'empty', value: undefined },
      { arn: ARN('foreign'), name: 'foreign', value: 'not yours' },
    ]);
    endpoint = await AwsEndpoint.start({
      services: [secrets.service],
      findIdentity: (id) => (id === reader.accessKeyId ? reader : undefined),
      now: () => now,
    });
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) one.destroy();
    await endpoint.close();
  });

  it('gives a secret to whom a policy allows it', async () => {
    const { $metadata, VersionId, ...answer } = await get('api-key');
    assert.equal($metadata.httpStatusCode, 200);
    assert.match(VersionId ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(answer, {
      ARN: ARN('api-key'),
      Name: 'api-key',
      SecretString: 'first',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date(now),
    });
  });

  it('keeps the value before as AWSPREVIOUS when a new one is put, whether declared or by hand', async () => {
    now += 1000;
    secrets.declare([{ arn: ARN('api-key'), name: 'api-key', value: 'second' }]);
    assert.equal((await get('api-key')).SecretString, 'second');
    assert.equal((await get('api-key', 'AWSPREVIOUS')).SecretString, 'first');
    now += 1000;
    secrets.putSecretValue('api-key', 'third');
    secrets.declare([{ arn: ARN('api-key'), name: 'api-key', value: 'second' }]); // nothing new
    const current = await get('api-key');
    assert.equal(current.SecretString, 'third');
    assert.equal(current.CreatedDate?.getTime(), now);
    assert.equal((await get('api-key', 'AWSPREVIOUS')).SecretString, 'second');
  });

  it('says which staging label a secret does not have', async () => {
    const message = (label: string) =>
      `Secrets Manager can't find the specified secret value for staging label: ${label}`;
    await assert.rejects(get('empty'), { name: 'ResourceNotFoundException', message: message('AWSCURRENT') });
    await assert.rejects(get('api-key', 'AWSPREVIOUS'), {
      name: 'ResourceNotFoundException',
      message: message('AWSPREVIOUS'),
    });
    await assert.rejects(get('missing'), {
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
  });

  it('denies a secret that the policy does not name, whether it exists or not', async () => {
    for (const name of ['foreign', 'unknown']) {
      await assert.rejects(get(name), {
        name: 'AccessDeniedException',
        message:
          `User: ${READER} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${ARN(name)} ` +
          'because no identity-based policy allows the secretsmanager:GetSecretValue action',
      });
    }
  });

  it('refuses an unknown key, a wrong secret key, a wrong session and a wrong region', async () => {
    const send = (changes: Partial<SecretsManagerClientConfig>) =>
      client(changes).send(new GetSecretValueCommand({ SecretId: ARN('api-key') }));
    const { accessKeyId, secretAccessKey, sessionToken } = reader;
    const errors = await Promise.all(
      [
        { credentials: { accessKeyId: 'ASIANOBODY', secretAccessKey, sessionToken } },
        { credentials: { accessKeyId, secretAccessKey: 'wrong', sessionToken } },
        { credentials: { accessKeyId, secretAccessKey } },
        { region: 'eu-west-1' },
      ].map((changes) =>
        send(changes).then(
          () => 'answered',
          (error: Error) => error.name,
        ),
      ),
    );
    assert.deepEqual(errors, [
      'UnrecognizedClientException',
      'InvalidSignatureException',
      'UnrecognizedClientException',
      'InvalidSignatureException',
    ]);
  });

  it('refuses a signature that is more than five minutes off', async () => {
    now += 6 * 60_000;
    await assert.rejects(get('api-key'), { name: 'InvalidSignatureException' });
  });

  it('names the operation that it does not have', async () => {
    await assert.rejects(client().send(new ListSecretsCommand({})), {
      name: 'UnknownOperationException',
      message: 'The local AWS does not have the operation secretsmanager.ListSecrets.',
    });
  });

  it("answers nobody who came under another host's name", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request({ host: '127.0.0.1', port: endpoint.port, headers: { host: 'rebound.example' } }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end();
    });
    assert.equal(status, 421);
  });

  it('lets calls fail as a fault plan says', async () => {
    endpoint.setFaults(() => ({ kind: 'refuse' }));
    await assert.rejects(get('api-key'), { name: 'ServiceUnavailable' });
    endpoint.setFaults((operation) => (operation === 'GetSecretValue' ? { kind: 'throttle' } : undefined));
    await assert.rejects(get('api-key'), { name: 'ThrottlingException' });
    endpoint.setFaults(() => ({ kind: 'answer-then-drop' }));
    assert.equal((await get('api-key')).SecretString, 'first');
    endpoint.setFaults(() => ({ kind: 'apply-then-time-out' }));
    const impatient = client({ requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true } });
    await assert.rejects(impatient.send(new GetSecretValueCommand({ SecretId: ARN('api-key') })), {
      name: 'TimeoutError',
    });
    endpoint.setFaults(undefined);
    assert.equal((await get('api-key')).SecretString, 'first');
  });
});

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Sha256 } from '@aws-crypto/sha256-js';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsEndpoint, type Identity, type JsonService } from '../../../local/aws/endpoint';
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
  /** The operations that ran, and a wait for the next. */
  const calls: string[] = [];
  let onCall = () => {};
  const nextCall = () =>
    new Promise<void>((resolve) => {
      onCall = resolve;
    });
  const recorded = (service: JsonService): JsonService => ({
    ...service,
    operations: Object.fromEntries(
      Object.entries(service.operations).map(([name, run]) => [
        name,
        (input, caller) => {
          calls.push(name);
          onCall();
          return run(input, caller);
        },
      ]),
    ),
  });
  const get = (name: string, stage?: string) =>
    client().send(new GetSecretValueCommand({ SecretId: ARN(name), VersionStage: stage }));

  beforeEach(async () => {
    now = Date.now();
    calls.splice(0);
    secrets = new SecretsManager(() => now);
    secrets.declare([
      { arn: ARN('api-key'), name: 'api-key', value: 'first' },
      { arn: ARN('empty'), name: 'empty', value: undefined },
      { arn: ARN('foreign'), name: 'foreign', value: 'not yours' },
    ]);
    endpoint = await AwsEndpoint.start({
      services: [recorded(secrets.service)],
      findIdentity: (id) => (id === reader.accessKeyId ? reader : undefined),
      now: () => now,
    });
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) one.destroy();
    await endpoint.close();
  });

  it('gives a secret to a caller whose policy allows it', async () => {
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

  it('keeps the previous value as AWSPREVIOUS when a new one is put, declared or by hand', async () => {
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

  it('gives the version with the requested id, and names a version that a secret does not have', async () => {
    const send = (VersionId: string) =>
      client().send(new GetSecretValueCommand({ SecretId: ARN('api-key'), VersionId }));
    const { VersionId: first = '' } = await get('api-key');
    secrets.putSecretValue('api-key', 'second');
    const { SecretString, VersionStages } = await send(first);
    assert.deepEqual([SecretString, VersionStages], ['first', ['AWSPREVIOUS']]);
    await assert.rejects(send('unknown'), {
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for VersionId: unknown",
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

  it('refuses a signature that does not cover its host or its time', async () => {
    const post = async (unsigned: string[]) => {
      const signer = new SignatureV4({
        service: 'secretsmanager',
        region: 'us-east-1',
        credentials: reader,
        sha256: Sha256,
      });
      const { host, hostname, port } = new URL(endpoint.url);
      const body = JSON.stringify({ SecretId: ARN('api-key') });
      const headers = { host, 'x-amz-target': 'secretsmanager.GetSecretValue' };
      const { headers: signed } = await signer.sign(
        { protocol: 'http:', hostname, port: Number(port), method: 'POST', path: '/', headers, body },
        { unsignableHeaders: new Set(unsigned) },
      );
      const answer = await fetch(endpoint.url, { method: 'POST', headers: signed, body });
      return [answer.status, Object(await answer.json()).message];
    };
    assert.deepEqual(await post([]), [200, undefined]);
    const refused = [403, "'host' and 'x-amz-date' must be signed headers."];
    assert.deepEqual(await post(['host']), refused);
    assert.deepEqual(await post(['x-amz-date']), refused);
  });

  it('refuses a signature that is more than five minutes off', async () => {
    now += 6 * 60_000;
    await assert.rejects(get('api-key'), { name: 'InvalidSignatureException' });
  });

  it('names an operation that it lacks', async () => {
    await assert.rejects(client().send(new ListSecretsCommand({})), {
      name: 'UnknownOperationException',
      message:
        "The local AWS does not have the operation secretsmanager.ListSecrets: add it to the service's file in local/aws/.",
    });
  });

  it('names the service that it does not have, and the file in which an application adds one', async () => {
    const dynamoDb = new DynamoDBClient({
      region: 'us-east-1',
      endpoint: endpoint.url,
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
    await assert.rejects(dynamoDb.send(new ListTablesCommand({})), {
      name: 'UnknownOperationException',
      message:
        'The local AWS does not have the service dynamodb (DynamoDB_20120810.ListTables): add it to startServices in the ' +
        "application's local.ts.",
    });
    dynamoDb.destroy();
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

  it('makes calls fail according to a fault plan', async () => {
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
    endpoint.setFaults(() => ({ kind: 'apply-then-stall' }));
    const getUntilSilent = client({ requestHandler: { socketTimeout: 100 } });
    await assert.rejects(getUntilSilent.send(new GetSecretValueCommand({ SecretId: ARN('api-key') })), {
      name: 'TimeoutError',
    });
    endpoint.setFaults(undefined);
    assert.equal((await get('api-key')).SecretString, 'first');
  });

  it('delays a call according to a fault plan, and then continues as usual', async () => {
    const ms = 40;
    endpoint.setFaults(() => {
      queueMicrotask(() => secrets.putSecretValue('api-key', 'put while it waited'));
      return { kind: 'delay', ms };
    });
    const started = performance.now();
    assert.equal((await get('api-key')).SecretString, 'put while it waited');
    assert.ok(performance.now() - started >= ms - 1); // timers count whole milliseconds
  });

  for (const kind of ['apply-then-time-out', 'apply-late'] as const) {
    it(`does not answer a call with the fault ${kind}, even if it fails`, async () => {
      for (const name of ['api-key', 'missing']) {
        const applied = nextCall();
        const callsAtOnce: number[] = [];
        endpoint.setFaults(() => {
          queueMicrotask(() => callsAtOnce.push(calls.length));
          return { kind, ms: 20 };
        });
        const abort = new AbortController();
        let answers = 0;
        const call = client()
          .send(new GetSecretValueCommand({ SecretId: ARN(name) }), { abortSignal: abort.signal })
          .finally(() => answers++);
        call.catch(() => undefined);
        await applied;
        assert.deepEqual(callsAtOnce, [kind === 'apply-late' ? 0 : 1]);
        endpoint.setFaults(undefined);
        for (let others = 0; others < 3; others++) await get('api-key');
        assert.equal(answers, 0, name);
        abort.abort();
        await assert.rejects(call, { name: 'AbortError' });
        calls.splice(0);
      }
    });
  }

  it('drops every connection according to a fault plan, and applies nothing', async () => {
    const idle = connect(endpoint.port, '127.0.0.1');
    const dropped = new Promise((resolve) => idle.once('close', resolve));
    await new Promise((resolve) => idle.once('connect', resolve));
    assert.equal((await get('api-key')).SecretString, 'first'); // the idle one is accepted by then
    calls.splice(0);
    endpoint.setFaults(() => ({ kind: 'restart' }));
    await assert.rejects(get('api-key'), { code: 'ECONNRESET' });
    await dropped;
    assert.deepEqual(calls, []);
    endpoint.setFaults(undefined);
    assert.equal((await get('api-key')).SecretString, 'first');
  });
});

import assert from 'node:assert/strict';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { AwsEndpoint, type Identity } from '../../../local/aws/endpoint';
import { parsePolicy } from '../../../local/aws/iam';
import { type InvokedFunction, lambdaInvoke } from '../../../local/aws/lambda/invoke';
import { type Fixture, functionsFixture } from './lambda/fixture';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:greeter';
const ECHO = 'exports.handler = async (event) => ({ got: event });';

describe('the local Lambda', () => {
  let fixture: Fixture;
  let endpoint: AwsEndpoint;
  let client: LambdaClient;
  let greeter: InvokedFunction;
  let who: Identity;
  let requests = 0;

  const identity = (resource: string): Identity => ({
    accessKeyId: 'AKIATEST',
    secretAccessKey: 'secret',
    arn: 'arn:aws:iam::123456789012:user/test',
    statements: parsePolicy(
      { Statement: { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: resource } },
      'test',
    ),
  });

  beforeEach(async () => {
    fixture = functionsFixture();
    greeter = fixture.host(ECHO);
    who = identity(`${ARN}*`);
    requests = 0;
    endpoint = await AwsEndpoint.start({
      services: [lambdaInvoke((name) => (name === 'greeter' ? greeter : undefined))],
      findIdentity: () => {
        requests++;
        return who;
      },
      now: Date.now,
    });
    client = new LambdaClient({
      region: 'us-east-1',
      endpoint: endpoint.url,
      credentials: { accessKeyId: who.accessKeyId, secretAccessKey: who.secretAccessKey },
    });
  });
  afterEach(async () => {
    client.destroy();
    await endpoint.close();
    await fixture.close();
  });

  /** The SDK's own client, with its retries. */
  const invoke = async (input: Partial<InvokeCommandInput> = {}) => {
    const answer = await client.send(new InvokeCommand({ FunctionName: 'greeter', ...input }));
    const payload = answer.Payload?.transformToString() ?? '';
    return {
      status: answer.StatusCode,
      error: answer.FunctionError,
      version: answer.ExecutedVersion,
      payload: payload === '' ? undefined : JSON.parse(payload),
    };
  };

  it('answers with the handler’s result', async () => {
    assert.deepEqual(await invoke({ Payload: '{"name":"Ada"}' }), {
      status: 200,
      error: undefined,
      version: '$LATEST',
      payload: { got: { name: 'Ada' } },
    });
    assert.deepEqual((await invoke()).payload, { got: {} });
  });

  it('answers 200 with Unhandled if the function failed, so that no caller retries', async () => {
    greeter = fixture.host('exports.handler = async () => { throw new TypeError("no"); };');
    const { status, error, payload } = await invoke();
    assert.deepEqual([status, error], [200, 'Unhandled']);
    assert.deepEqual([payload.errorType, payload.errorMessage], ['TypeError', 'no']);
    assert.equal(requests, 1);
  });

  it('answers the same if the function did not answer in time', async () => {
    greeter = fixture.host('exports.handler = () => new Promise(() => {});', { timeoutSeconds: 0.1 });
    const { status, error, payload } = await invoke();
    assert.deepEqual([status, error, payload.errorType], [200, 'Unhandled', 'Sandbox.Timedout']);
  });

  it('answers 202 to an event before it is handled, whatever its outcome', async () => {
    const events: unknown[] = [];
    let fail = (_: Error) => {};
    greeter = {
      declared: { arn: ARN },
      invoke: (event) => {
        events.push(event);
        return new Promise((_, reject) => {
          fail = reject;
        });
      },
    };
    const answer = await invoke({ InvocationType: 'Event', Payload: '{"name":"Ada"}' });
    assert.deepEqual([answer.status, answer.error, answer.payload], [202, undefined, undefined]);
    assert.deepEqual(events, [{ name: 'Ada' }]);
    fail(new Error('an unhandled rejection would end the tests'));
  });

  it('answers 204 to a dry run and runs nothing', async () => {
    greeter = { declared: { arn: ARN }, invoke: () => Promise.reject(new Error('it ran')) };
    const { status, payload } = await invoke({ InvocationType: 'DryRun' });
    assert.deepEqual([status, payload], [204, undefined]);
  });

  it('finds a function by its name, its ARN and its partial ARN, with the version $LATEST or none', async () => {
    for (const FunctionName of ['greeter', ARN, '123456789012:function:greeter', 'function:greeter']) {
      for (const version of ['', ':$LATEST']) {
        const { payload } = await invoke({ FunctionName: FunctionName + version });
        assert.deepEqual(payload, { got: {} }, FunctionName + version);
      }
      assert.deepEqual((await invoke({ FunctionName, Qualifier: '$LATEST' })).payload, { got: {} });
    }
  });

  it('distinguishes a missing function or version from one that the caller may not invoke', async () => {
    const missing = { name: 'ResourceNotFoundException', message: `Function not found: ${ARN}:v1` };
    await assert.rejects(invoke({ FunctionName: 'greeter:v1' }), missing);
    await assert.rejects(invoke({ Qualifier: 'v1' }), missing);
    await assert.rejects(invoke({ FunctionName: `${ARN}s` }), { name: 'ResourceNotFoundException' });
    const foreign = [ARN.replace('us-east-1', 'eu-west-1'), ARN.replace('1234', '9999'), 'other'];
    for (const FunctionName of foreign) {
      await assert.rejects(invoke({ FunctionName }), { name: 'AccessDeniedException' }, FunctionName);
    }
    who = identity(ARN);
    await assert.rejects(invoke({ Qualifier: '$LATEST' }), { name: 'AccessDeniedException' });
    assert.equal((await invoke()).status, 200);
  });

  it('refuses a name and an invocation type that Lambda does not have', async () => {
    await assert.rejects(invoke({ FunctionName: 'arn:aws:sqs:us-east-1:123456789012:greeter' }), {
      name: 'ValidationException',
    });
    const send = client.send.bind(client);
    client.middlewareStack.add(
      (next) => (args) => {
        const { request } = args;
        if (request !== null && typeof request === 'object' && 'headers' in request) {
          Object.assign(Object(request.headers), { 'x-amz-invocation-type': 'Sometime' });
        }
        return next(args);
      },
      { step: 'build' },
    );
    await assert.rejects(send(new InvokeCommand({ FunctionName: 'greeter' })), {
      name: 'InvalidParameterValueException',
    });
  });
});

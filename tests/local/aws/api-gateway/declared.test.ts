// What API Gateway would refuse, or what is not hosted here, is an error that names the resource.
import assert from 'node:assert/strict';
import { readHttpApis } from '../../../../local/aws/api-gateway/declared';
import { TokenBucket } from '../../../../local/aws/api-gateway/token-bucket';
import type { Resource } from '../../../../local/aws/declared';
import { declared } from '../../../program/declared';

async function declaredApi(): Promise<Resource[]> {
  return structuredClone((await declared('api')).resources);
}

/** The declared resources with other inputs for one of them. */
async function withInputs(type: string, name: string, inputs: Record<string, unknown>): Promise<Resource[]> {
  return (await declaredApi()).map((one) =>
    one.type === `aws:apigatewayv2/${type}` && one.name === name
      ? { ...one, inputs: { ...one.inputs, ...inputs }, state: { ...one.state, ...inputs } }
      : one,
  );
}

describe('a declared HTTP API', () => {
  it('is read with its routes, limits and access log', async () => {
    const [api, ...others] = readHttpApis(await declaredApi());
    assert.deepEqual(others, []);
    assert.deepEqual(
      api?.routes.map(({ name, key, auth }) => `${name}: ${key} ${auth}`),
      ['publisher: POST /comments AWS_IAM', 'tokens: POST /tokens AWS_IAM', 'webhook: POST /webhook NONE'],
    );
    assert.deepEqual(api?.throttle, { rate: 200, burst: 400 });
    const access = {
      requestId: '1',
      now: Date.parse('2026-11-24T07:38:58Z'),
      sourceIp: '127.0.0.1',
      routeKey: undefined,
      status: 404,
      integrationStatus: undefined,
      latencyMs: 1.4,
      error: 'Not Found',
    };
    assert.deepEqual(JSON.parse(api?.writeAccess(access) ?? ''), {
      requestId: '1',
      time: '24/Nov/2026:07:38:58 +0000',
      ip: '127.0.0.1',
      route: '-',
      status: '404',
      integrationStatus: '-',
      latencyMs: '1',
      error: 'Not Found',
    });
  });

  it('is none without API Gateway in front', async () => {
    assert.deepEqual(readHttpApis((await declared('first')).resources), []);
  });

  it('is refused by name where AWS would refuse it', async () => {
    const wrong: [Promise<Resource[]>, RegExp][] = [
      [withInputs('route:Route', 'webhook', { routeKey: 'webhook' }), /Route webhook: routeKey: /],
      [
        withInputs('route:Route', 'webhook', { routeKey: 'POST /tokens' }),
        /stage api: two routes have the key POST \/tokens/,
      ],
      [
        withInputs('route:Route', 'webhook', { target: 'integrations/none' }),
        /route webhook: .*no integrations\/none/,
      ],
      [
        withInputs('route:Route', 'webhook', { authorizationType: 'JWT' }),
        /Route webhook: authorizationType: /,
      ],
      [
        withInputs('integration:Integration', 'tokens', { payloadFormatVersion: '1.0' }),
        /Integration tokens: payloadFormatVersion: /,
      ],
      [withInputs('stage:Stage', 'api', { autoDeploy: false }), /Stage api: autoDeploy: /],
      [
        withInputs('stage:Stage', 'api', { defaultRouteSettings: { throttlingRateLimit: 1 } }),
        /throttlingBurstLimit/,
      ],
      [
        withInputs('stage:Stage', 'api', { accessLogSettings: { destinationArn: 'arn:none', format: '{}' } }),
        /stage api: the program declares no log group arn:none/,
      ],
    ];
    for (const [resources, told] of wrong) {
      const given = await resources;
      assert.throws(() => readHttpApis(given), told);
    }
  });

  it('may not log a variable that is not known here', async () => {
    const stage = (await declaredApi()).find(({ type }) => type === 'aws:apigatewayv2/stage:Stage');
    const { destinationArn } = Object(stage?.inputs.accessLogSettings);
    const format = '{"body":"$context.body"}';
    const resources = await withInputs('stage:Stage', 'api', {
      accessLogSettings: { destinationArn, format },
    });
    assert.throws(() => readHttpApis(resources), /stage api: .* does not know the variable \$context\.body/);
  });
});

describe('a token bucket', () => {
  it('lets a burst through, then as many as its rate fills up, and never more than the burst', () => {
    let now = 0;
    const bucket = new TokenBucket({ rate: 10, burst: 3 }, () => now);
    const taken = (count: number) =>
      Array.from({ length: count }, () => bucket.take()).filter(Boolean).length;
    assert.equal(taken(10), 3);
    now += 99;
    assert.equal(taken(10), 0);
    now += 1;
    assert.equal(taken(10), 1);
    now += 200;
    assert.equal(taken(10), 2);
    now += 60_000;
    assert.equal(taken(10), 3);
  });

  it('does not run dry because a clock was set back', () => {
    let now = 10_000;
    const bucket = new TokenBucket({ rate: 1, burst: 1 }, () => now);
    assert(bucket.take());
    now = 0;
    assert(!bucket.take());
    now = 1_000;
    assert(bucket.take());
  });
});

// API Gateway in front of a stack: from Function URLs to it, there changed, and back; observed in AWS and in Momento.
import assert from 'node:assert/strict';
import { makeLegacyKey } from 'local-momento';
import { gateways, httpApi, mappedTo } from './api-gateway';
import { alarms, callersOf, dashboard, everything, retentionOf, urlOf } from './cloud';
import { MomentoAccount } from './momento-account';
import { ProjectCopy, type Stack, type Update } from './stack';

const DOMAIN = 'comments.example.com';
const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666';
const PATHS = { webhook: '/webhook', publisher: '/comments', tokens: '/tokens' };
const NAMES = ['webhook', 'publisher', 'tokens'] as const;

type Outputs = Record<string, unknown>;

/** What must stay: type, URN and AWS's own id of each queue, secret, function and role. */
async function keptOf(stack: Stack): Promise<string[]> {
  const resources: { urn: string; id?: string }[] = JSON.parse(await stack.exported()).deployment.resources;
  return resources
    .filter(({ urn }) => /::aws:|\$aws:/.test(urn))
    .filter(({ urn }) => /aws:(sqs|secretsmanager|iam|lambda\/(function:|eventSourceMapping))/.test(urn))
    .map(({ urn, id }) => `${urn} ${id}`)
    .sort();
}

async function hasUrl(name: unknown): Promise<boolean> {
  return urlOf(String(name)).then(
    () => true,
    (error: unknown) => {
      assert(error instanceof Error && error.name === 'ResourceNotFoundException', String(error));
      return false;
    },
  );
}

async function observed(stack: Stack, update: Update) {
  const outputs: Outputs = await stack.outputs();
  const names = NAMES.map((name) => outputs[`${name}FunctionName`]);
  const apiId = outputs.apiId;
  return {
    update,
    outputs,
    kept: await keptOf(stack),
    urls: await Promise.all(names.map(hasUrl)),
    callers: await Promise.all(names.map((name) => callersOf(String(name)))),
    api: typeof apiId === 'string' ? await httpApi(apiId) : undefined,
    gateways: await gateways(),
  };
}

type Observed = Awaited<ReturnType<typeof observed>>;

const moved = ({ update }: Observed) =>
  update.diagnostics.filter(({ message }) => message.includes('The addresses changed'));

describe('API Gateway in front of a stack', () => {
  let project: ProjectCopy;
  let untouched: string[];
  let left: string[];
  let first: Observed;
  let changed: Observed & { alarms: string[]; dashboard: string; retention: number | undefined };
  let again: Update;
  let changedAgain: Observed & { mapped: unknown[] };
  let back: Observed;

  before(async function () {
    this.timeout(900_000);
    project = new ProjectCopy();
    untouched = await everything();
    const stack = await project.stack('fronted');
    await stack.setSecret('momentoApiKey', makeLegacyKey());
    await stack.setSecret('signingSecret', 'of-the-engine-suite');
    first = await observed(stack, await stack.up());

    await stack.set('front', 'http-api');
    const toApi = await observed(stack, await stack.up());
    const { DestinationArn = '' } = toApi.api?.stage.AccessLogSettings ?? {};
    changed = {
      ...toApi,
      alarms: (await alarms()).map(({ AlarmName = '' }) => AlarmName),
      dashboard: await dashboard(String(toApi.outputs.dashboardUrl).split('/').at(-1) ?? ''),
      retention: await retentionOf(DestinationArn.split(':log-group:')[1]?.replace(/:\*$/, '') ?? ''),
    };
    again = await stack.up();

    await stack.set('throttleRate', '7');
    await stack.set('domainName', DOMAIN);
    await stack.set('certificateArn', CERTIFICATE);
    changedAgain = { ...(await observed(stack, await stack.up())), mapped: await mappedTo(DOMAIN) };

    for (const key of ['front', 'throttleRate', 'domainName', 'certificateArn']) await stack.unset(key);
    back = await observed(stack, await stack.up());
    await stack.destroy();
    left = await everything();
  });

  after(() => project?.remove());

  it('gives each function a route for POST, and only the webhook’s is open', () => {
    const { routes = {} } = changed.api ?? {};
    assert.deepEqual(Object.keys(routes).sort(), ['POST /comments', 'POST /tokens', 'POST /webhook']);
    for (const name of NAMES) {
      const route = routes[`POST ${PATHS[name]}`];
      assert.equal(route?.AuthorizationType, name === 'webhook' ? 'NONE' : 'AWS_IAM');
      assert.deepEqual([route?.IntegrationType, route?.PayloadFormatVersion], ['AWS_PROXY', '2.0']);
      assert(route?.IntegrationUri?.endsWith(`:function:${changed.outputs[`${name}FunctionName`]}`));
    }
  });

  it('throttles and logs at its one stage', () => {
    const { StageName, AutoDeploy, DefaultRouteSettings, AccessLogSettings, Tags } = changed.api?.stage ?? {};
    assert.deepEqual([StageName, AutoDeploy], ['$default', true]);
    const { ThrottlingRateLimit, ThrottlingBurstLimit } = DefaultRouteSettings ?? {};
    assert.deepEqual([ThrottlingRateLimit, ThrottlingBurstLimit], [200, 400]);
    assert.equal(JSON.parse(AccessLogSettings?.Format ?? '').route, '$context.routeKey');
    assert.equal(changed.retention, 14);
    assert.deepEqual(Tags, { project: 'momento-webhooks', stack: 'fronted' });
  });

  it('may call each function for its route alone, and is the only one that may', () => {
    changed.callers.forEach((callers, index) => {
      // The provider leaves the pair that it added to a public Function URL: it allows calls through one, and there is none.
      const [caller, ...others] = callers.filter(({ id }) => !id.startsWith('FunctionURLAllow'));
      assert.deepEqual(others, []);
      const told = JSON.stringify(caller?.statement);
      assert.match(told, /apigateway\.amazonaws\.com/);
      const path = PATHS[NAMES[index] ?? 'webhook'];
      assert(told.includes(`:${changed.outputs.apiId}/$default/POST${path}"`), told);
    });
  });

  it('leaves no Function URL, and none of its permissions', () => {
    assert.deepEqual(
      [first.urls, changed.urls],
      [
        [true, true, true],
        [false, false, false],
      ],
    );
    assert.deepEqual(first.gateways, []);
    assert.equal(changed.gateways.length, 1);
  });

  it('keeps queues, secrets, functions and roles as they are, in both directions', () => {
    assert(first.kept.length >= 15, 'the rule finds what it is about');
    for (const { kept } of [changed, changedAgain, back]) assert.deepEqual(kept, first.kept);
    for (const { update } of [changed, changedAgain, back]) {
      const touched = update.steps.filter(({ type }) =>
        /^aws:(sqs|secretsmanager|iam|lambda\/(function:|eventSourceMapping))/.test(type),
      );
      assert.deepEqual(touched, []);
    }
  });

  it('says what to change, in Momento and for the callers, when the addresses have changed, and only then', () => {
    assert.deepEqual(moved(first), []);
    assert(!again.printed.includes('The addresses changed'));
    const urlsOf: [Observed, Observed, string][] = [
      [first, changed, 'execute-api'],
      [changed, changedAgain, 'execute-api'],
      [changedAgain, back, 'lambda'],
    ];
    for (const [was, is, service] of urlsOf) {
      const [message, ...others] = moved(is).map((each) => each.message);
      assert.deepEqual(others, []);
      assert(message);
      assert(message.includes(`was ${was.outputs.webhookUrl}`), message);
      assert(message.includes(`events are lost: ${is.outputs.webhookUrl}`), message);
      assert(message.includes(`the service ${service}`), message);
    }
  });

  it('does not change on a second up', () => {
    assert.deepEqual(again.steps, []);
  });

  it('has alarms of its own, and the dashboard shows them', () => {
    const own = changed.alarms.filter((name) => /(^|-)api-(4xx|5xx|latency)-/.test(name));
    assert.equal(own.length, 3);
    for (const name of own) assert(changed.dashboard.includes(name));
  });

  it('takes another limit and a domain in place', () => {
    const steps = changedAgain.update.steps.filter(({ type }) => type.startsWith('aws:apigatewayv2'));
    assert.deepEqual(steps.map(({ op, type }) => `${op} ${type.split(':').at(-1)}`).sort(), [
      'create ApiMapping',
      'create DomainName',
      'update Stage',
    ]);
    assert.equal(changedAgain.api?.stage.DefaultRouteSettings?.ThrottlingRateLimit, 7);
    assert.equal(changedAgain.outputs.apiId, changed.outputs.apiId);
    assert.deepEqual(changedAgain.mapped, [changed.outputs.apiId]);
    for (const name of NAMES) {
      assert.equal(changedAgain.outputs[`${name}Url`], `https://${DOMAIN}${PATHS[name]}`);
    }
    assert.match(String(changedAgain.outputs.domainTarget), /\.execute-api\.us-east-1\.amazonaws\.com$/);
  });

  it('goes without a trace when Function URLs are in front again', () => {
    assert.deepEqual([back.urls, back.gateways], [[true, true, true], []]);
    assert.equal(back.outputs.apiId, undefined);
    for (const callers of back.callers) assert(!JSON.stringify(callers).includes('apigateway'));
  });

  it('leaves nothing behind when the stack is destroyed', () => {
    assert.deepEqual(left, untouched);
  });
});

describe('API Gateway in front of a stack that manages its webhook', () => {
  let project: ProjectCopy;
  let momento: MomentoAccount;
  let untouched: string[];
  let left: string[];
  const seen: { webhookUrl: unknown; urls: string[]; secret: string; told: string }[] = [];

  before(async function () {
    this.timeout(600_000);
    const key = makeLegacyKey();
    project = new ProjectCopy();
    momento = await MomentoAccount.start();
    momento.accept(key);
    untouched = await everything();
    const stack = await project.stack('fronted-managed');
    await stack.setSecret('momentoApiKey', key);
    await stack.set('delivery', 'managed-webhook');
    for (const front of ['http-api', 'function-url', 'http-api']) {
      await stack.set('front', front);
      const { printed } = await stack.up();
      const cache = 'course-comments-fronted-managed';
      seen.push({
        webhookUrl: (await stack.outputs()).webhookUrl,
        urls: (await momento.webhooks(cache)).map(({ url }) => url),
        secret: await momento.signingSecret(cache, 'momento-webhooks-fronted-managed'),
        told: printed,
      });
    }
    await stack.destroy();
    left = await everything();
  });

  after(async () => {
    await momento?.close();
    project?.remove();
  });

  it('gives Momento the new address itself, from its first up and after each change', () => {
    assert.equal(seen.length, 3);
    for (const { webhookUrl, urls } of seen) assert.deepEqual(urls, [webhookUrl]);
    const [first, second, third] = seen.map(({ webhookUrl }) => String(webhookUrl));
    assert.match(first ?? '', /^https:\/\/[a-z0-9]+\.execute-api\.us-east-1\.amazonaws\.com\/webhook$/);
    assert(second?.includes('.lambda-url.') && third?.endsWith('/webhook'));
  });

  it('keeps the signing secret, and asks for nothing to be done in Momento', () => {
    assert.equal(new Set(seen.map(({ secret }) => secret)).size, 1);
    const [first, ...others] = seen;
    assert(!first?.told.includes('The addresses changed'));
    for (const { told } of others) {
      assert(told.includes('The addresses changed') && !told.includes('In Momento'));
    }
  });

  it('leaves nothing behind when the stack is destroyed', () => {
    assert.deepEqual(left, untouched);
  });
});

// One stack from its first `pulumi up` to its end, observed in AWS after each step. The tests check the observations.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { everything } from './cloud';
import { type Closely, logGroupOf, look, lookClosely, type Seen } from './seen';
import { allFiles, ProjectCopy, type Update } from './stack';

const keyWith = (inner: string) =>
  Buffer.from(
    JSON.stringify({ endpoint: 'cell-1-eu-west-1-1.prod.a.momentohq.com', api_key: inner }),
  ).toString('base64');
const INNER_KEYS = [
  'key-of-the-engine-suite',
  'next-key-of-the-engine-suite',
  'last-key-of-the-engine-suite',
];
const [API_KEY = '', NEXT_API_KEY = '', LAST_API_KEY = ''] = INNER_KEYS.map(keyWith);
const SIGNING_SECRET = 'signing-secret-of-the-engine-suite';
const NEXT_SIGNING_SECRET = 'next-signing-secret-of-the-engine-suite';
const LAST_SIGNING_SECRET = 'last-signing-secret-of-the-engine-suite';
const VERSION = 'aws:secretsmanager/secretVersion:SecretVersion';

describe('a stack', () => {
  let project: ProjectCopy;
  let untouched: string[];
  let first: { update: Update; seen: Seen; made: Closely };
  let again: Update;
  let elsewhere: Update;
  let anew: Update;
  let connected: { update: Update; seen: Seen };
  let rotated: { update: Update; seen: Seen };
  let inDetail: { printed: string; events: string };
  let edited: { update: Update; before: Seen; after: Seen };
  let destroyed: { update: Update; left: string[] };
  let risen: { update: Update; seen: Seen; left: string[] };
  let state: string;
  let history: string;

  before(async function () {
    this.timeout(900_000);
    project = new ProjectCopy();
    untouched = await everything();
    const stack = await project.stack('life');

    await stack.setSecret('momentoApiKey', API_KEY);
    await stack.set('logRetentionDays', '7');
    const update = await stack.up();
    const seen = await look(stack);
    first = { update, seen, made: await lookClosely(seen) };

    again = await stack.up();
    elsewhere = await stack.up(path.join(project.folder, 'infra'));
    anew = await stack.up(await project.moveElsewhere());

    await stack.setSecret('signingSecret', SIGNING_SECRET);
    connected = { update: await stack.up(), seen: await look(stack) };
    await stack.setSecret('momentoApiKey', NEXT_API_KEY);
    await stack.setSecret('signingSecret', NEXT_SIGNING_SECRET);
    rotated = { update: await stack.up(), seen: await look(stack) };
    await stack.setSecret('momentoApiKey', LAST_API_KEY);
    await stack.setSecret('signingSecret', LAST_SIGNING_SECRET);
    const eventLog = path.join(project.root, 'events.json');
    inDetail = { printed: await stack.upInDetail(eventLog), events: readFileSync(eventLog, 'utf8') };

    const beforeEdit = await look(stack);
    const handler = path.join(project.folder, 'handlers', 'publisher.ts');
    appendFileSync(handler, "\nconsole.info({ outcome: 'loaded' });\n");
    edited = { update: await stack.up(), before: beforeEdit, after: await look(stack) };

    state = await stack.exported();
    history = allFiles(project.backend);
    destroyed = { update: await stack.destroy(), left: await everything() };
    const up = await stack.up();
    risen = { update: up, seen: await look(stack), left: [] };
    await stack.destroy();
    risen.left.push(...(await everything()));
  });

  after(() => project?.remove());

  it('makes its functions as declared, each with a log group that expires its logs', () => {
    for (const made of Object.values(first.seen.functions)) {
      const { Runtime, Architectures, Handler, Timeout, MemorySize, tags } = made;
      assert.deepEqual([Runtime, Architectures, Handler], ['nodejs24.x', ['arm64'], 'index.handler']);
      assert.deepEqual([Timeout, MemorySize], [10, 512]);
      assert.deepEqual(tags, { project: 'momento-webhooks', stack: 'life' });
    }
    assert.equal(first.seen.functions.webhook.Environment?.Variables?.CACHE_NAME, 'course-comments-life');
    assert.deepEqual(first.made.retentions, [7, 7, 7, 7]);
  });

  it('gives the webhook a public URL by exactly these four statements', () => {
    const { webhook } = first.seen.callers;
    const ids = webhook.map(({ id }) => id);
    const ours = ids.filter((id) => /^(momento-webhooks-life-)?webhook-(url|invoke)-[0-9a-f]{7}$/.test(id));
    const theProviders = ids.filter((id) => id.startsWith('FunctionURLAllow'));
    assert.deepEqual([ids.length, ours.length], [4, 2]);
    assert.deepEqual(theProviders.sort(), ['FunctionURLAllowInvokeAction', 'FunctionURLAllowPublicAccess']);
    for (const { statement } of webhook) {
      assert.equal(statement.Effect, 'Allow');
      assert(
        ['*', '{"AWS":"*"}'].includes(
          typeof statement.Principal === 'string' ? statement.Principal : JSON.stringify(statement.Principal),
        ),
      );
      // AWS gives the conditions under `Condition`, moto as plain keys: in both the text holds the condition's key.
      const conditions = JSON.stringify(statement);
      if (statement.Action === 'lambda:InvokeFunctionUrl')
        assert.match(conditions, /FunctionUrlAuthType.*NONE/);
      else {
        assert.equal(statement.Action, 'lambda:InvokeFunction');
        assert.match(conditions, /InvokedViaFunctionUrl.*true/i);
      }
    }
    const actions = webhook.map(({ statement }) => statement.Action).sort();
    const both = ['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'];
    assert.deepEqual(
      actions,
      both.flatMap((action) => [action, action]),
    );
    assert.equal(first.seen.urls.webhook.AuthType, 'NONE');
  });

  it('makes the webhook’s URL and its two permissions one after another, because Lambda refuses concurrent changes', () => {
    const resources: { type: string; urn: string; dependencies?: string[] }[] =
      JSON.parse(state).deployment.resources;
    const waitsFor = (name: string) =>
      resources
        .find(({ urn }) => urn.endsWith(`:Permission::${name}`))
        ?.dependencies?.map((urn) => urn.split('::').at(-2)?.split('$').at(-1));
    assert(waitsFor('webhook-url')?.includes('aws:lambda/functionUrl:FunctionUrl'));
    assert(waitsFor('webhook-invoke')?.includes('aws:lambda/permission:Permission'));
  });

  it('gives the publisher and the token service URLs that IAM guards, and lets nobody in', () => {
    const { urls, callers } = first.seen;
    assert.deepEqual([urls.publisher.AuthType, urls.tokens.AuthType], ['AWS_IAM', 'AWS_IAM']);
    assert.deepEqual([callers.publisher, callers.tokens, callers.redrive], [[], [], []]);
  });

  it('outputs the URLs that AWS assigned', () => {
    const { outputs, urls } = first.seen;
    assert.deepEqual(
      [outputs.webhookUrl, outputs.publisherUrl],
      [urls.webhook.FunctionUrl, urls.publisher.FunctionUrl],
    );
    assert(outputs.webhookUrl?.startsWith('https://'));
  });

  it('allows each function, through Lambda only, its own log group, the secrets that it needs and its part of the queue', () => {
    const { API_KEY_SECRET_ARN, SIGNING_SECRET_ARN } =
      first.seen.functions.webhook.Environment?.Variables ?? {};
    const { webhook, redrive, publisher, tokens } = first.seen.allowed;
    for (const [name, [writeLogs]] of Object.entries(first.seen.allowed)) {
      assert.deepEqual(writeLogs?.Action, ['logs:CreateLogStream', 'logs:PutLogEvents']);
      assert.match(logGroupOf(writeLogs), new RegExp(`^(momento-webhooks-life-)?${name}-[0-9a-f]{7}$`));
    }
    const rest = (statements: Record<string, unknown>[]) =>
      statements.slice(1).map(({ Action, Resource }) => ({ Action, Resource }));
    const reading = (...Resource: unknown[]) => ({ Action: 'secretsmanager:GetSecretValue', Resource });
    const { QueueArn } = first.made.queue;
    assert.deepEqual(rest(webhook), [
      reading(API_KEY_SECRET_ARN, SIGNING_SECRET_ARN),
      { Action: 'sqs:SendMessage', Resource: QueueArn },
    ]);
    assert.deepEqual(rest(publisher), [reading(API_KEY_SECRET_ARN)]);
    assert.deepEqual(rest(tokens), [reading(API_KEY_SECRET_ARN)]);
    const [readKey, receive, ...others] = rest(redrive);
    assert.deepEqual([readKey, receive?.Resource, others], [reading(API_KEY_SECRET_ARN), QueueArn, []]);
    for (const [trust, ...more] of first.made.trusted) {
      assert.deepEqual(
        [trust?.Effect, trust?.Action, trust?.Principal, more],
        ['Allow', 'sts:AssumeRole', { Service: 'lambda.amazonaws.com' }, []],
      );
    }
  });

  it('makes an encrypted queue that gives up after ten tries, and hands its messages to the redrive function', () => {
    const { queue, deadLetterQueue, mappings } = first.made;
    for (const { SqsManagedSseEnabled, MessageRetentionPeriod, tags } of [queue, deadLetterQueue]) {
      assert.deepEqual([SqsManagedSseEnabled, MessageRetentionPeriod], ['true', String(14 * 24 * 3600)]);
      assert.deepEqual(tags, { project: 'momento-webhooks', stack: 'life' });
    }
    assert.equal(queue.VisibilityTimeout, '60');
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(queue.RedrivePolicy ?? '{}');
    assert.deepEqual([deadLetterTargetArn, Number(maxReceiveCount)], [deadLetterQueue.QueueArn, 10]);
    const [mapping, ...others] = mappings;
    assert.deepEqual([mapping?.EventSourceArn, others], [queue.QueueArn, []]);
  });

  it('makes its alarms, and a dashboard that shows them', () => {
    const { alarms, dashboard } = first.made;
    const names = alarms
      .map(({ AlarmName = '' }) => AlarmName.replace(/^momento-webhooks-life-|-[0-9a-f]{7}$/g, ''))
      .sort();
    const ofEach = ['webhook', 'redrive', 'publisher', 'tokens'].flatMap((name) => [
      `${name}-errors`,
      `${name}-throttles`,
    ]);
    const others = [
      'dead-letter-messages',
      'redrive-age',
      'redrive-waiting',
      'lost-events',
      'wrong-signing-secret',
    ];
    assert.deepEqual(names, [...ofEach, ...others].sort());
    for (const { AlarmArn } of alarms) assert(dashboard.includes(String(AlarmArn)));
  });

  it('makes secrets with tags and descriptions', () => {
    for (const { Description, tags, DeletedDate } of first.made.secrets) {
      assert(Description);
      assert.equal(DeletedDate, undefined);
      assert.deepEqual(tags, { project: 'momento-webhooks', stack: 'life' });
    }
  });

  it('holds the API key, and no signing secret until one is set', () => {
    assert.equal(first.seen.apiKey, API_KEY);
    assert.equal(first.seen.signingSecret, undefined);
  });

  it('says what to do next, with the real URL, until the signing secret is set', () => {
    const told = (update: Update) =>
      update.diagnostics.filter(({ message }) => message.includes('answers 503'));
    const [next, ...others] = told(first.update);
    assert.deepEqual(others, []);
    assert(next);
    assert(next.message.includes(String(first.seen.urls.webhook.FunctionUrl)));
    assert.match(next.message, /pulumi config set --secret signingSecret --stack life/);
    assert.deepEqual(told(connected.update), []);
  });

  it('does not change on a second up, from another folder, or after a new npm ci', () => {
    for (const update of [again, elsewhere, anew]) {
      assert.deepEqual(update.steps, []);
      assert.deepEqual(Object.keys(update.changes), ['same']);
    }
  });

  it('changes only the secret when the signing secret is set', () => {
    assert.deepEqual(connected.update.steps, [{ op: 'create', type: VERSION, name: 'signing-secret' }]);
    assert.equal(connected.seen.signingSecret, SIGNING_SECRET);
    assert.deepEqual(connected.seen.functions, first.seen.functions);
    assert.deepEqual(connected.seen.outputs, first.seen.outputs);
  });

  it('keeps the previous key and signing secret readable when new ones replace them, and touches no function', () => {
    const { seen, update } = rotated;
    assert.deepEqual([seen.apiKey, seen.previousApiKey], [NEXT_API_KEY, API_KEY]);
    assert.deepEqual([seen.signingSecret, seen.previousSigningSecret], [NEXT_SIGNING_SECRET, SIGNING_SECRET]);
    assert.deepEqual(seen.functions, first.seen.functions);
    const touched = new Set(update.steps.map(({ type, name }) => `${type} ${name}`));
    assert.deepEqual([...touched].sort(), [`${VERSION} api-key`, `${VERSION} signing-secret`]);
  });

  it('updates exactly the function whose handler was edited', () => {
    const { update, before, after } = edited;
    assert.deepEqual(update.steps, [
      { op: 'update', type: 'aws:lambda/function:Function', name: 'publisher' },
    ]);
    const { publisher, ...others } = after.functions;
    const { publisher: old, ...others0 } = before.functions;
    assert.notEqual(publisher.CodeSha256, old.CodeSha256);
    assert.deepEqual(others, others0);
    assert.deepEqual(
      [after.urls, after.callers, after.allowed],
      [before.urls, before.callers, before.allowed],
    );
  });

  it('shows no secret in the state, its history, the engine’s events or the most detailed output', () => {
    const updates = [first.update, again, connected.update, rotated.update, destroyed.update];
    const shown = [
      state,
      history,
      inDetail.printed,
      inDetail.events,
      ...updates.map(({ printed }) => printed),
    ];
    assert(history.length > state.length, 'the history was read');
    for (const text of [inDetail.printed, inDetail.events, state, history])
      assert(text.includes('signing-secret'));
    const keys = [API_KEY, NEXT_API_KEY, LAST_API_KEY, ...INNER_KEYS];
    for (const secret of [...keys, SIGNING_SECRET, NEXT_SIGNING_SECRET, LAST_SIGNING_SECRET]) {
      for (const text of shown) assert(!text.includes(secret));
    }
  });

  it('keeps its state small: the bundles are not in it', () => {
    assert(state.length < 500_000, `${state.length} characters`);
  });

  it('leaves nothing behind when it is destroyed', () => {
    assert.deepEqual(destroyed.left, untouched);
  });

  it('comes up again after destroy, with its latest secrets', () => {
    assert.equal(risen.seen.apiKey, LAST_API_KEY);
    assert.equal(risen.seen.signingSecret, LAST_SIGNING_SECRET);
    assert.equal(risen.seen.callers.webhook.length, 4);
    assert.notEqual(risen.seen.outputs.webhookUrl, undefined);
    assert.deepEqual(risen.left, untouched);
  });
});
